package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.Task;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.NextActionDistribution;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.PredictNextActionsResponse;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.ScoredCandidate;

/** Every service over a real connection, compared with the engine. */
class GrpcServerTest {
  private static DemoGrpc demo;

  private final Random random = Seeds.random("grpc");
  private final WireUser user = new WireUser(random, 30);

  @BeforeAll
  static void start() {
    demo = DemoGrpc.start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    demo.stop();
  }

  private static RecsysPredictorGrpc.RecsysPredictorBlockingStub predictor() {
    return RecsysPredictorGrpc.newBlockingStub(demo.channel());
  }

  private ServingResponse direct(Task task) {
    return demo.engine().submit(Demo.patient(user.asHistory(), task)).answer().join();
  }

  @Test
  void rankingGivesEveryActionsLogitAndLogProbability() {
    long[] posts = Demo.ids(random, 7);
    long[] authors = Demo.ids(random, 7);
    var scores = Objects.requireNonNull(direct(new Task.Rank(posts, authors, 0)).scores());
    PredictNextActionsRequest request = user.rankRequest(posts, authors).build();
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

  @Test
  void requestedIndicesMapsAndUnknownFieldsAreHonoured() {
    long[] posts = Demo.ids(random, 2);
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    PredictNextActionsRequest request =
        user.rankRequest(posts, posts)
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
    var stub = RecsysRetrievalPredictorGrpc.newBlockingStub(demo.channel());
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
    assertEquals(
        Status.Code.INVALID_ARGUMENT, DemoGrpc.code(() -> stub.retrieveTopKCandidates(mismatched)));
  }

  @Test
  void recommendingOrdersWhatWasRetrieved() {
    RecommendResponse response =
        RecommenderGrpc.newBlockingStub(demo.channel())
            .recommend(
                RecommendRequest.newBuilder()
                    .setSequence(user.message())
                    .setTopK(40)
                    .setLimit(10)
                    .build());
    ServingResponse expected = direct(new Task.Recommend(40));
    var ranking = FeedPolicy.DEFAULT.rank(expected);
    assertEquals(10, response.getPostsCount());
    for (int rank = 0; rank < 10; rank++) {
      int i = ranking.candidate(rank);
      assertEquals(expected.posts().postIds()[i], response.getPosts(rank).getPostId());
      assertEquals((float) ranking.score(i), response.getPosts(rank).getWeightedScore());
      assertEquals(19, response.getPosts(rank).getProbabilitiesCount());
    }
    assertTrue(response.getTiming().getRankingUs() > 0);
  }

  @Test
  void theOpenProtocolTakesRawTensors() {
    var stub = GRPCInferenceServiceGrpc.newBlockingStub(demo.channel());
    var metadata =
        stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("retrieval").build());
    assertEquals(10, metadata.getInputsCount());
    ModelInferResponse response = stub.modelInfer(user.inferRequest("retrieval", 5));
    ByteBuffer ids =
        response.getRawOutputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] expected = direct(new Task.Retrieve(5)).posts().postIds();
    for (int i = 0; i < 5; i++) {
      assertEquals(expected[i], ids.getLong(i * Long.BYTES));
    }
    ModelInferRequest unknown = user.inferRequest("no_such_model", 5);
    assertEquals(Status.Code.NOT_FOUND, DemoGrpc.code(() -> stub.modelInfer(unknown)));
    ModelInferRequest torn =
        user.inferRequest("retrieval", 5).toBuilder()
            .setRawInputContents(1, ByteString.copyFrom(new byte[3]))
            .build();
    assertEquals(Status.Code.INVALID_ARGUMENT, DemoGrpc.code(() -> stub.modelInfer(torn)));
    ModelInferRequest old =
        user.inferRequest("retrieval", 5).toBuilder().setModelVersion("0").build();
    assertEquals(Status.Code.NOT_FOUND, DemoGrpc.code(() -> stub.modelInfer(old)));
    ModelInferRequest.Builder misspelt = user.inferRequest("retrieval", 5).toBuilder();
    misspelt.addOutputsBuilder().setName("post_id");
    assertEquals(
        Status.Code.INVALID_ARGUMENT, DemoGrpc.code(() -> stub.modelInfer(misspelt.build())));
  }

  /** Load balancers never end their health watch. */
  @Test
  void whoeverWatchesTheHealthHoldsUpNoEnd() throws InterruptedException {
    DemoGrpc ending = DemoGrpc.start();
    try {
      Iterator<HealthCheckResponse> watch =
          HealthGrpc.newBlockingStub(ending.channel())
              .watch(HealthCheckRequest.getDefaultInstance());
      assertEquals(ServingStatus.SERVING, watch.next().getStatus());
      assertTrue(ending.server().drain(Duration.ofSeconds(60)));
      assertThrows(StatusRuntimeException.class, watch::next);
    } finally {
      ending.stop();
    }
  }

  @Test
  void reloadingTakesTheToken() throws InterruptedException {
    var status = predictor().reloadModel(ReloadModelRequest.getDefaultInstance());
    assertEquals("demo", status.getServingPrefix());
    assertTrue(status.getCurrentCheckpointTimestamp() > 0);
    ReloadModelRequest reload = ReloadModelRequest.newBuilder().setDoReload(true).build();
    assertEquals(
        Status.Code.PERMISSION_DENIED, DemoGrpc.code(() -> predictor().reloadModel(reload)));
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + DemoGrpc.TOKEN);
    var stub = predictor().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    ReloadModelRequest outside = reload.toBuilder().setTargetPrefix("../..").build();
    assertEquals(Status.Code.INVALID_ARGUMENT, DemoGrpc.code(() -> stub.reloadModel(outside)));
    String before = Objects.requireNonNull(demo.engine().model()).version();
    assertTrue(stub.reloadModel(reload).getReloadInProgress());
    Await.until("the reload ends", () -> !demo.reloader().isBusy());
    assertFalse(before.equals(Objects.requireNonNull(demo.engine().model()).version()));
  }

  @Test
  void healthFollowsReadiness() {
    var health = HealthGrpc.newBlockingStub(demo.channel());
    HealthCheckRequest all = HealthCheckRequest.getDefaultInstance();
    HealthCheckRequest one =
        HealthCheckRequest.newBuilder().setService("xai.recsys.v1.RecsysPredictor").build();
    assertEquals(ServingStatus.SERVING, health.check(all).getStatus());
    assertEquals(ServingStatus.SERVING, health.check(one).getStatus());
    demo.server().ready(false);
    assertEquals(ServingStatus.NOT_SERVING, health.check(one).getStatus());
    demo.server().ready(true);
    assertEquals(ServingStatus.SERVING, health.check(all).getStatus());
  }
}
