package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Mutations;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.testing.Seeds;
import inference.ModelInferRequest;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.TweetInfo;

/**
 * Every message of a request decodes to a request or a rejection, for any bytes. A plain test run
 * repeats kept inputs and some mutations; with {@code JAZZER_FUZZ=1} and one method selected, it
 * fuzzes.
 */
class WireFuzzTest {
  private static final ServingEngine ENGINE = Demo.engine(Demo.options(1, 0));
  private static final Reloader RELOADER = new Reloader(ENGINE, Demo.ARTIFACTS.directory());
  private static final GrpcServer.Context CONTEXT =
      new GrpcServer.Context(
          ENGINE,
          FeedPolicy.DEFAULT,
          new GrpcServer.ReloadAccess(RELOADER, BearerToken.of(null)),
          () -> true);
  private static final Replies REPLIES = new Replies(ENGINE, new CallThreads(ENGINE));
  private static final WireLimits LIMITS = new WireLimits(RequestLimits.DEFAULT);
  private static final Reloads RELOADS = new Reloads(ENGINE, RELOADER, BearerToken.of(null));

  @AfterAll
  static void close() {
    RELOADER.close();
    ENGINE.close();
  }

  /** Runs the scan that a server runs before parsing. */
  private static byte[] scanned(byte[] bytes, Descriptor type) {
    WireScan.check(LIMITS, bytes, type);
    return bytes;
  }

  private static int predict(byte[] bytes) throws InvalidProtocolBufferException {
    return new PredictorService(ENGINE, FeedPolicy.DEFAULT, REPLIES, RELOADS)
        .requests(
            PredictNextActionsRequest.parseFrom(
                scanned(bytes, PredictNextActionsRequest.getDescriptor())),
            1)
        .size();
  }

  private static int retrieve(byte[] bytes) throws InvalidProtocolBufferException {
    return new RetrievalService(ENGINE, FeedPolicy.DEFAULT, REPLIES, RELOADS)
        .requests(
            RetrieveTopKCandidatesRequest.parseFrom(
                scanned(bytes, RetrieveTopKCandidatesRequest.getDescriptor())),
            1)
        .size();
  }

  private static long infer(byte[] bytes) throws InvalidProtocolBufferException {
    return new OpenInferenceService(CONTEXT, REPLIES, new ModelStatistics(InstantSource.system()))
        .decode(ModelInferRequest.parseFrom(scanned(bytes, ModelInferRequest.getDescriptor())), 1)
        .deadlineNanos();
  }

  private static WireUser user() {
    return new WireUser(Seeds.random("wire fuzz"), 5);
  }

  /** Valid requests from which fuzzing starts. */
  static Stream<byte[]> rightPredictions() {
    return Stream.of(
        PredictNextActionsRequest.newBuilder()
            .addSequences(user().message())
            .addCandidateSets(
                CandidateSet.newBuilder().addCandidates(TweetInfo.newBuilder().setTweetId(9)))
            .build()
            .toByteArray());
  }

  static Stream<byte[]> rightRetrievals() {
    return Stream.of(
        RetrieveTopKCandidatesRequest.newBuilder()
            .addSequences(user().message())
            .setTopK(5)
            .build()
            .toByteArray());
  }

  static Stream<byte[]> rightInferences() {
    return Stream.of(user().inferRequest("recommender", 3).toByteArray());
  }

  private static void allowRefusal(Mutations.Decoder decoder, byte[] bytes) throws Exception {
    try {
      decoder.decode(bytes);
    } catch (Rejection | InvalidProtocolBufferException refused) {
      assertEquals(-1, String.valueOf(refused.getMessage()).indexOf("dev.phoenix"));
    }
  }

  @MethodSource("rightPredictions")
  @FuzzTest(maxDuration = "60s")
  void predictNextActions(byte[] bytes) throws Exception {
    allowRefusal(WireFuzzTest::predict, bytes);
  }

  @MethodSource("rightRetrievals")
  @FuzzTest(maxDuration = "60s")
  void retrieveTopK(byte[] bytes) throws Exception {
    allowRefusal(WireFuzzTest::retrieve, bytes);
  }

  @MethodSource("rightInferences")
  @FuzzTest(maxDuration = "60s")
  void modelInfer(byte[] bytes) throws Exception {
    allowRefusal(WireFuzzTest::infer, bytes);
  }

  @Test
  void mutatedMessagesAreDecodedOrRefused() throws Exception {
    byte[] predict = rightPredictions().findFirst().orElseThrow();
    assertEquals(1, predict(predict));
    Mutations.run(predict, InvalidProtocolBufferException.class, WireFuzzTest::predict);
    byte[] retrieve = rightRetrievals().findFirst().orElseThrow();
    assertEquals(1, retrieve(retrieve));
    Mutations.run(retrieve, InvalidProtocolBufferException.class, WireFuzzTest::retrieve);
    byte[] infer = rightInferences().findFirst().orElseThrow();
    assertEquals(1, infer(infer));
    Mutations.run(infer, InvalidProtocolBufferException.class, WireFuzzTest::infer);
  }
}
