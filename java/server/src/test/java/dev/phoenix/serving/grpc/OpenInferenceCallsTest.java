package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import inference.GRPCInferenceServiceGrpc;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import inference.ModelStatisticsRequest;
import inference.RepositoryIndexRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.reflection.v1alpha.ServerReflectionGrpc;
import io.grpc.reflection.v1alpha.ServerReflectionRequest;
import io.grpc.reflection.v1alpha.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Versions, refusals and statistics of the Open Inference Protocol, and reflection. */
class OpenInferenceCallsTest {
  private static DemoGrpc demo;
  private final WireUser user = new WireUser(Seeds.random("open inference calls"), 5);

  @BeforeAll
  static void start() {
    demo = DemoGrpc.start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    demo.stop();
  }

  private static GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub() {
    return GRPCInferenceServiceGrpc.newBlockingStub(demo.channel());
  }

  private static void assertRefused(Status.Code code, String expected, Executable call) {
    Status status = assertThrows(StatusRuntimeException.class, call).getStatus();
    assertEquals(code, status.getCode(), status.toString());
    assertTrue(status.toString().contains(expected), status.toString());
  }

  @Test
  void versionsAndModelsThatDoNotExistAreNotFound() {
    var ready = ModelReadyRequest.newBuilder().setName("ranker");
    assertTrue(stub().modelReady(ready.build()).getReady());
    assertTrue(stub().modelReady(ready.setVersion("1").build()).getReady());
    var unready = ready.setVersion("999").build();
    assertRefused(Status.Code.NOT_FOUND, "found '999'", () -> stub().modelReady(unready));
    var none = ModelReadyRequest.newBuilder().setName("rankr").build();
    assertRefused(Status.Code.NOT_FOUND, "found 'rankr'", () -> stub().modelReady(none));
    var metadata = ModelMetadataRequest.newBuilder().setName("ranker").setVersion("9").build();
    assertRefused(Status.Code.NOT_FOUND, "found '9'", () -> stub().modelMetadata(metadata));
    var statistics = ModelStatisticsRequest.newBuilder().setName("ranker").setVersion("9").build();
    assertRefused(Status.Code.NOT_FOUND, "found '9'", () -> stub().modelStatistics(statistics));
    var infer = user.inferRequest("retrieval", 5).toBuilder().setModelVersion("9").build();
    assertRefused(Status.Code.NOT_FOUND, "found '9'", () -> stub().modelInfer(infer));
  }

  private void assertWrong(String expected, Consumer<ModelInferRequest.Builder> change) {
    ModelInferRequest.Builder request = user.inferRequest("retrieval", 5).toBuilder();
    change.accept(request);
    assertRefused(Status.Code.INVALID_ARGUMENT, expected, () -> stub().modelInfer(request.build()));
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertWrong("found 'top-k'", request -> request.getInputsBuilder(0).setName("top-k"));
    assertWrong("user_id, history_post", request -> request.getInputsBuilder(0).setName("x"));
    assertWrong("found 'post'", request -> request.addOutputsBuilder().setName("post"));
    InferParameter value = InferParameter.newBuilder().setStringParam("x").build();
    assertWrong("found 'postz'", request -> request.putParameters("postz", value));
    assertWrong("found 'a'", request -> request.getInputsBuilder(0).putParameters("a", value));
    assertWrong(
        "found 'b'",
        request -> request.addOutputsBuilder().setName("post_ids").putParameters("b", value));
  }

  @Test
  void statisticsAndTheIndexTellOfTheModels() {
    var request = ModelStatisticsRequest.newBuilder().setName("retrieval").build();
    var before = stub().modelStatistics(request).getModelStats(0).getInferenceStats();
    stub().modelInfer(user.inferRequest("retrieval", 5));
    assertWrong("found 'x'", wrong -> wrong.getInputsBuilder(0).setName("x"));
    var after = stub().modelStatistics(request).getModelStats(0).getInferenceStats();
    assertEquals(before.getSuccess().getCount() + 1, after.getSuccess().getCount());
    assertEquals(before.getFail().getCount() + 1, after.getFail().getCount());
    assertTrue(after.getComputeInfer().getNs() > before.getComputeInfer().getNs());
    assertEquals(
        3,
        stub().modelStatistics(ModelStatisticsRequest.getDefaultInstance()).getModelStatsCount());
    var index = stub().repositoryIndex(RepositoryIndexRequest.getDefaultInstance());
    assertEquals(
        List.of("ranker", "retrieval", "recommender"),
        index.getModelsList().stream().map(each -> each.getName()).toList());
    assertEquals("READY", index.getModels(0).getState());
  }

  /** Older tools ask for services in the form before version 1. */
  @Test
  void bothFormsOfReflectionListTheServices() throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    var requests =
        ServerReflectionGrpc.newStub(demo.channel())
            .serverReflectionInfo(
                new StreamObserver<ServerReflectionResponse>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    List<String> services =
        answer.get(30, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
            .map(each -> each.getName())
            .toList();
    requests.onCompleted();
    assertTrue(services.contains("inference.GRPCInferenceService"), services.toString());
    assertTrue(services.contains("grpc.reflection.v1.ServerReflection"), services.toString());
  }
}
