package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.phoenix.serving.AdminToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.Task;
import dev.phoenix.testing.Seeds;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import io.grpc.CallOptions;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.NextActionDistribution;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.PredictNextActionsResponse;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.ScoredCandidate;
import xai.recsys.v1.TweetInfo;

/** Every service over a real connection, held against the engine. */
class GrpcServerTest {
  private static final String TOKEN = "correct-horse-battery";
  private static ServingEngine engine;
  private static Reloader reloader;
  private static GrpcServer server;
  private static ManagedChannel channel;

  private final Random random = Seeds.random("grpc");
  private final WireUser user = new WireUser(random, 30);

  @BeforeAll
  static void start() {
    engine = Demo.engine(Demo.options(8, 50_000_000));
    engine.load(Demo.ARTIFACTS);
    reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
    server =
        GrpcServer.start(
            Endpoint.loopback(0),
            new GrpcServer.Context(
                engine,
                FeedPolicy.DEFAULT,
                new GrpcServer.ReloadAccess(reloader, AdminToken.of(TOKEN)),
                () -> true));
    server.ready(true);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
    reloader.close();
    engine.close();
  }

  private static RecsysPredictorGrpc.RecsysPredictorBlockingStub predictor() {
    return RecsysPredictorGrpc.newBlockingStub(channel);
  }

  private PredictNextActionsRequest.Builder rankRequest(long[] posts, long[] authors) {
    CandidateSet.Builder set = CandidateSet.newBuilder().setUserId(user.history().userId());
    for (int i = 0; i < posts.length; i++) {
      set.addCandidates(TweetInfo.newBuilder().setTweetId(posts[i]).setAuthorId(authors[i]));
    }
    return PredictNextActionsRequest.newBuilder()
        .addSequences(user.message())
        .addCandidateSets(set);
  }

  private ServingResponse direct(Task task) {
    return engine.submit(Demo.patient(user.asHistory(), task)).answer().join();
  }

  private static Status.Code code(Executable call) {
    StatusRuntimeException failed = assertThrows(StatusRuntimeException.class, call);
    String description = Objects.requireNonNullElse(failed.getStatus().getDescription(), "");
    assertFalse(description.contains("dev.phoenix"), description);
    return failed.getStatus().getCode();
  }

  /** What the library makes of it by itself is an error of the server, logged with its stack. */
  @Test
  void bytesThatAreNoMessageAreAWrongRequest() {
    var marshaller = new ByteMarshaller();
    var method =
        MethodDescriptor.newBuilder(marshaller, marshaller)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(RecommenderGrpc.getRecommendMethod().getFullMethodName())
            .build();
    long refused = engine.metrics().count("recsys_engine_num_requests_rejected");
    byte[] torn = {0x0A, 0x7F, 1};
    StatusRuntimeException failed =
        assertThrows(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, torn));
    assertEquals(Status.Code.INVALID_ARGUMENT, failed.getStatus().getCode());
    assertEquals(refused + 1, engine.metrics().count("recsys_engine_num_requests_rejected"));
    byte[] whole = RecommendRequest.newBuilder().setTopK(1).build().toByteArray();
    assertTrue(
        ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, whole).length > 0);
  }

  private static final class ByteMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void rankingGivesEveryActionsLogitAndLogProbability() {
    long[] posts = Demo.ids(random, 7);
    long[] authors = Demo.ids(random, 7);
    var scores = Objects.requireNonNull(direct(new Task.Rank(posts, authors, 0)).scores());
    PredictNextActionsRequest request = rankRequest(posts, authors).build();
    PredictNextActionsResponse response = predictor().predictNextActions(request);
    assertEquals(response, predictor().withCompression("gzip").predictNextActions(request));
    var set = response.getDistributionSets(0);
    assertEquals(user.history().userId(), set.getUserId());
    for (int i = 0; i < 7; i++) {
      NextActionDistribution found = set.getCandidateDistributions(i);
      assertEquals(posts[i], found.getCandidate().getTweetId());
      assertEquals(authors[i], found.getCandidate().getAuthorId());
      assertEquals(8, found.getContinuousActionsValuesCount());
      for (int action = 0; action < 19; action++) {
        assertEquals(scores.logits()[i * 19 + action], found.getLogits(action));
        double probability = Math.exp(found.getTopLogProbs(action));
        assertEquals(scores.probabilities()[i * 19 + action], probability, 1e-6);
      }
    }
  }

  private static ManagedChannel compressing(AtomicReference<String> answeredIn) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
        .usePlaintext()
        .compressorRegistry(ZstdCodec.compressors())
        .decompressorRegistry(
            DecompressorRegistry.emptyInstance().with(new Heard(answeredIn), true))
        .build();
  }

  /** Notes that it was asked to decompress. */
  private record Heard(AtomicReference<String> encoding, ZstdCodec codec) implements Decompressor {
    Heard(AtomicReference<String> encoding) {
      this(encoding, new ZstdCodec());
    }

    @Override
    public String getMessageEncoding() {
      return codec.getMessageEncoding();
    }

    @Override
    public InputStream decompress(InputStream from) throws IOException {
      encoding.set(getMessageEncoding());
      return codec.decompress(from);
    }
  }

  @Test
  void zstdIsUnderstoodAndAnsweredInAndNoBombGetsThrough() throws Exception {
    AtomicReference<String> answeredIn = new AtomicReference<>("");
    ManagedChannel compressing = compressing(answeredIn);
    try {
      long[] posts = Demo.ids(random, 7);
      PredictNextActionsRequest request = rankRequest(posts, posts).build();
      var zstd = RecsysPredictorGrpc.newBlockingStub(compressing).withCompression("zstd");
      assertEquals(predictor().predictNextActions(request), zstd.predictNextActions(request));
      assertEquals("zstd", answeredIn.get());
      PredictNextActionsRequest bomb =
          request.toBuilder().setMetadata("x".repeat(40 << 20)).build();
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(() -> zstd.predictNextActions(bomb)));
      var gzip = RecsysPredictorGrpc.newBlockingStub(compressing).withCompression("gzip");
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(() -> gzip.predictNextActions(bomb)));
    } finally {
      compressing.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void requestedIndicesMapsAndUnknownFieldsAreHonoured() {
    long[] posts = Demo.ids(random, 2);
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    PredictNextActionsRequest request =
        rankRequest(posts, posts)
            .setReturnLogMap(true)
            .setReturnCandidateTweetIdOnly(true)
            .addAllRequestedActionIndices(List.of(6, 1))
            .addRequestedContinuousActionIndices(1)
            .setUnknownFields(unknown)
            .build();
    var scores = Objects.requireNonNull(direct(new Task.Rank(posts, posts, 0)).scores());
    NextActionDistribution found =
        predictor().predictNextActions(request).getDistributionSets(0).getCandidateDistributions(1);
    assertEquals(0, found.getCandidate().getAuthorId());
    assertEquals(0, found.getLogitsCount());
    assertEquals(2, found.getIndexToLogitsCount());
    assertEquals(scores.logits()[19 + 6], found.getIndexToLogitsOrThrow(6));
    assertEquals(scores.continuousValues()[8 + 1], found.getIndexToContinuousValuesOrThrow(1));
    assertEquals(2, found.getTopLogProbsCount());
  }

  @Test
  void retrievalGivesTheBestPostsOfEveryUser() {
    RetrieveTopKCandidatesRequest request =
        RetrieveTopKCandidatesRequest.newBuilder()
            .addSequences(user.message())
            .addSequences(new WireUser(random, 3).message())
            .setTopK(12)
            .build();
    var stub = RecsysRetrievalPredictorGrpc.newBlockingStub(channel);
    var response = stub.retrieveTopKCandidates(request);
    assertEquals(2, response.getTopKCandidatesCount());
    var posts = direct(new Task.Retrieve(12)).posts();
    for (int i = 0; i < 12; i++) {
      ScoredCandidate found = response.getTopKCandidates(0).getCandidates(i);
      assertEquals(posts.postIds()[i], found.getCandidate().getTweetId());
      assertEquals(posts.retrievalScores()[i], found.getScore());
      assertEquals(posts.corpusIndices()[i], found.getSourceIdx());
    }
    var mismatched = request.toBuilder().addUserIds(1).build();
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> stub.retrieveTopKCandidates(mismatched)));
  }

  @Test
  void recommendingOrdersWhatWasRetrieved() {
    RecommendResponse response =
        RecommenderGrpc.newBlockingStub(channel)
            .recommend(
                RecommendRequest.newBuilder()
                    .setSequence(user.message())
                    .setTopK(40)
                    .setLimit(10)
                    .build());
    ServingResponse expected = direct(new Task.Recommend(40));
    var ranking = FeedPolicy.DEFAULT.rank(Objects.requireNonNull(expected.scores()));
    assertEquals(10, response.getPostsCount());
    for (int rank = 0; rank < 10; rank++) {
      int i = ranking.order()[rank];
      assertEquals(expected.posts().postIds()[i], response.getPosts(rank).getPostId());
      assertEquals(ranking.scores()[i], response.getPosts(rank).getWeightedScore());
      assertEquals(19, response.getPosts(rank).getProbabilitiesCount());
    }
    assertTrue(response.getTiming().getRankingUs() > 0);
  }

  @Test
  void theOpenProtocolTakesRawTensors() {
    var stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    var metadata =
        stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("retrieval").build());
    assertEquals(7, metadata.getInputsCount());
    ModelInferResponse response = stub.modelInfer(user.inferRequest("retrieval", 5));
    ByteBuffer ids =
        response.getRawOutputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] expected = direct(new Task.Retrieve(5)).posts().postIds();
    for (int i = 0; i < 5; i++) {
      assertEquals(expected[i], ids.getLong(i * Long.BYTES));
    }
    ModelInferRequest unknown = user.inferRequest("no_such_model", 5);
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> stub.modelInfer(unknown)));
    ModelInferRequest torn =
        user.inferRequest("retrieval", 5).toBuilder()
            .setRawInputContents(1, ByteString.copyFrom(new byte[3]))
            .build();
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> stub.modelInfer(torn)));
  }

  @Test
  void badRequestsHaveTheirStatus() {
    long[] posts = Demo.ids(random, 1);
    PredictNextActionsRequest two =
        rankRequest(posts, posts).addCandidateSets(CandidateSet.newBuilder()).build();
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> predictor().predictNextActions(two)));
    long[] many = Demo.ids(random, 2049);
    PredictNextActionsRequest full = rankRequest(many, many).build();
    StatusRuntimeException counted =
        assertThrows(StatusRuntimeException.class, () -> predictor().predictNextActions(full));
    assertEquals(
        "INVALID_ARGUMENT: candidates: expected at most 2048, found 2049", counted.getMessage());
    PredictNextActionsRequest far = rankRequest(posts, posts).addRequestedActionIndices(19).build();
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> predictor().predictNextActions(far)));
    PredictNextActionsRequest fat =
        rankRequest(posts, posts).setMetadata("x".repeat(17 << 20)).build();
    Status.Code refused = code(() -> predictor().predictNextActions(fat));
    assertTrue(
        refused == Status.Code.RESOURCE_EXHAUSTED || refused == Status.Code.CANCELLED,
        "found " + refused);
    assertEquals(
        Status.Code.DEADLINE_EXCEEDED,
        code(
            () ->
                predictor()
                    .withDeadlineAfter(1, TimeUnit.NANOSECONDS)
                    .predictNextActions(rankRequest(posts, posts).build())));
  }

  @Test
  void reloadingTakesTheToken() throws InterruptedException {
    var status = predictor().reloadModel(ReloadModelRequest.getDefaultInstance());
    assertEquals("demo", status.getServingPrefix());
    assertTrue(status.getCurrentCheckpointTimestamp() > 0);
    ReloadModelRequest reload = ReloadModelRequest.newBuilder().setDoReload(true).build();
    assertEquals(Status.Code.PERMISSION_DENIED, code(() -> predictor().reloadModel(reload)));
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TOKEN);
    var stub = predictor().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    ReloadModelRequest outside = reload.toBuilder().setTargetPrefix("../..").build();
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> stub.reloadModel(outside)));
    String before = Objects.requireNonNull(engine.model()).version();
    assertTrue(stub.reloadModel(reload).getReloadInProgress());
    while (reloader.isBusy()) {
      Thread.sleep(20);
    }
    assertFalse(before.equals(Objects.requireNonNull(engine.model()).version()));
  }

  @Test
  void healthFollowsReadiness() {
    var health = HealthGrpc.newBlockingStub(channel);
    HealthCheckRequest all = HealthCheckRequest.getDefaultInstance();
    HealthCheckRequest one =
        HealthCheckRequest.newBuilder().setService("xai.recsys.v1.RecsysPredictor").build();
    assertEquals(ServingStatus.SERVING, health.check(all).getStatus());
    assertEquals(ServingStatus.SERVING, health.check(one).getStatus());
    server.ready(false);
    assertEquals(ServingStatus.NOT_SERVING, health.check(one).getStatus());
    server.ready(true);
    assertEquals(ServingStatus.SERVING, health.check(all).getStatus());
  }
}
