package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.phoenix.serving.AdminToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Mutations;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.testing.Seeds;
import inference.ModelInferRequest;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.TweetInfo;

/**
 * Bytes of every message that carries a request, to the request it stands for or a refusal. A plain
 * test run repeats kept inputs and some mutations; with {@code JAZZER_FUZZ=1} and one method
 * selected, it fuzzes.
 */
class WireFuzzTest {
  private static final ServingEngine ENGINE = Demo.engine(Demo.options(1, 0));
  private static final Reloader RELOADER = new Reloader(ENGINE, Demo.ARTIFACTS.directory());
  private static final Replies REPLIES = new Replies(ENGINE, Runnable::run);
  private static final Reloads RELOADS = new Reloads(ENGINE, RELOADER, AdminToken.of(null));

  @AfterAll
  static void close() {
    RELOADER.close();
    ENGINE.close();
  }

  private static int predict(byte[] bytes) throws InvalidProtocolBufferException {
    return new PredictorService(ENGINE, FeedPolicy.DEFAULT, REPLIES, RELOADS)
        .requests(PredictNextActionsRequest.parseFrom(bytes), 1)
        .size();
  }

  private static int retrieve(byte[] bytes) throws InvalidProtocolBufferException {
    return new RetrievalService(ENGINE, FeedPolicy.DEFAULT, REPLIES, RELOADS)
        .requests(RetrieveTopKCandidatesRequest.parseFrom(bytes), 1)
        .size();
  }

  private static long infer(byte[] bytes) throws InvalidProtocolBufferException {
    return new OpenInferenceService(ENGINE, FeedPolicy.DEFAULT, REPLIES, () -> true)
        .decode(ModelInferRequest.parseFrom(bytes), 1)
        .deadlineNanos();
  }

  private static void allowRefusal(Mutations.Decoder decoder, byte[] bytes) throws Exception {
    try {
      decoder.decode(bytes);
    } catch (Rejection | InvalidProtocolBufferException refused) {
      assertEquals(-1, String.valueOf(refused.getMessage()).indexOf("dev.phoenix"));
    }
  }

  @FuzzTest(maxDuration = "60s")
  void predictNextActions(byte[] bytes) throws Exception {
    allowRefusal(WireFuzzTest::predict, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void retrieveTopK(byte[] bytes) throws Exception {
    allowRefusal(WireFuzzTest::retrieve, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void modelInfer(byte[] bytes) throws Exception {
    allowRefusal(WireFuzzTest::infer, bytes);
  }

  @Test
  void mutatedMessagesAreDecodedOrRefused() throws Exception {
    Random random = Seeds.random("wire fuzz");
    WireUser user = new WireUser(random, 5);
    byte[] predict =
        PredictNextActionsRequest.newBuilder()
            .addSequences(user.message())
            .addCandidateSets(
                CandidateSet.newBuilder().addCandidates(TweetInfo.newBuilder().setTweetId(9)))
            .build()
            .toByteArray();
    assertEquals(1, predict(predict));
    Mutations.run(predict, InvalidProtocolBufferException.class, WireFuzzTest::predict);
    byte[] retrieve =
        RetrieveTopKCandidatesRequest.newBuilder()
            .addSequences(user.message())
            .setTopK(5)
            .build()
            .toByteArray();
    assertEquals(1, retrieve(retrieve));
    Mutations.run(retrieve, InvalidProtocolBufferException.class, WireFuzzTest::retrieve);
    byte[] infer = user.inferRequest("recommender", 3).toByteArray();
    assertEquals(1, infer(infer));
    Mutations.run(infer, InvalidProtocolBufferException.class, WireFuzzTest::infer);
  }
}
