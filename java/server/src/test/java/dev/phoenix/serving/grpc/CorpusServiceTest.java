package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.client.ClientOptions;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.LiveCorpora;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Seeds;
import inference.GRPCInferenceServiceGrpc;
import inference.InferParameter;
import inference.ModelInferRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import phoenix.v1.CorpusSelection;
import phoenix.v1.CorpusStats;
import phoenix.v1.Post;
import phoenix.v1.PutPostsRequest;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RemovePostsRequest;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;

/** Posts put and removed over a real connection, by the client. */
class CorpusServiceTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final ClientOptions PATIENT =
      ClientOptions.DEFAULT.withDeadline(Duration.ofMinutes(2));

  @TempDir Path folder;
  private final WireUser user = new WireUser(Seeds.random("corpus service"), 9);
  private ServingEngine engine;
  private Reloader reloader;
  private GrpcServer server;

  @BeforeEach
  void start() {
    engine =
        ServingEngine.create(
            Demo.options(4, 0),
            RequestLimits.DEFAULT,
            () -> CpuOps.create(Precision.FLOAT32, 1),
            new PrometheusMetrics(),
            new LiveCorpora(
                folder,
                List.of("fresh"),
                CorpusSettings.defaults(),
                () -> CpuOps.create(Precision.FLOAT32, 1)));
    engine.load(Demo.ARTIFACTS);
    reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
    server =
        GrpcServer.start(
            Endpoint.loopback(0),
            new GrpcServer.Context(
                engine,
                FeedPolicy.DEFAULT,
                new GrpcServer.ReloadAccess(reloader, BearerToken.of(TOKEN)),
                () -> true));
  }

  @AfterEach
  void stop() {
    server.close();
    reloader.close();
    engine.close();
  }

  private PhoenixClient client(ClientOptions options) {
    return PhoenixClient.plaintext("127.0.0.1:" + server.port(), options);
  }

  private static PutPostsRequest put(String corpus, int from, int to) {
    PutPostsRequest.Builder request = PutPostsRequest.newBuilder().setCorpus(corpus);
    for (int id = from; id < to; id++) {
      request.addPosts(Post.newBuilder().setPostId(id).setAuthorId(3).setAttributes(id));
    }
    return request.build();
  }

  private RecommendResponse fresh(PhoenixClient client) {
    return client.recommend(
        RecommendRequest.newBuilder()
            .setSequence(user.message())
            .setTopK(100)
            .setSelection(CorpusSelection.newBuilder().addCorpora("fresh"))
            .build());
  }

  private static Status.Code code(Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
  }

  @Test
  void postsAreServedOnceTheyArePutAndGoneOnceTheyAreRemoved() {
    try (PhoenixClient client = client(PATIENT.withToken(TOKEN))) {
      assertEquals(0, fresh(client).getPostsCount());
      assertEquals(0, client.put(put("fresh", 1, 31)).getReplaced());
      assertEquals(10, client.put(put("fresh", 21, 41)).getReplaced());
      assertEquals(40, fresh(client).getPostsCount());
      RemovePostsRequest removal =
          RemovePostsRequest.newBuilder().setCorpus("fresh").addPostIds(40).addPostIds(99).build();
      assertEquals(1, client.remove(removal).getRemoved());
      RecommendResponse feed = fresh(client);
      assertEquals(39, feed.getPostsCount());
      assertTrue(feed.getPostsList().stream().noneMatch(post -> post.getPostId() == 40));
      List<CorpusStats> stats = client.corpusStats().getCorporaList();
      assertEquals(
          List.of("default", "fresh"), stats.stream().map(CorpusStats::getCorpus).toList());
      assertEquals(39, stats.get(1).getPosts());
      assertEquals(50, stats.get(1).getPuts());
      assertEquals(1, stats.get(1).getRemoves());
    }
  }

  private int retrieved(String header, String metadata) throws InterruptedException {
    Metadata headers = new Metadata();
    if (!header.isEmpty()) {
      headers.put(Metadata.Key.of("phoenix-posts", Metadata.ASCII_STRING_MARSHALLER), header);
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      RetrieveTopKCandidatesRequest request =
          RetrieveTopKCandidatesRequest.newBuilder()
              .addSequences(user.message())
              .setTopK(100)
              .setMetadata(metadata)
              .build();
      return RecsysRetrievalPredictorGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .retrieveTopKCandidates(request)
          .getTopKCandidates(0)
          .getCandidatesCount();
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private int inferred(String model, InferParameter posts) throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      ModelInferRequest request =
          user.inferRequest(model, 100).toBuilder().putParameters("posts", posts).build();
      return (int)
          GRPCInferenceServiceGrpc.newBlockingStub(channel)
              .modelInfer(request)
              .getOutputs(0)
              .getShape(0);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static InferParameter text(String posts) {
    return InferParameter.newBuilder().setStringParam(posts).build();
  }

  @Test
  void everyProtocolChoosesAmongPosts() throws InterruptedException {
    try (PhoenixClient client = client(PATIENT.withToken(TOKEN))) {
      assertEquals(0, client.put(put("fresh", 1, 31)).getReplaced());
    }
    assertEquals(100, retrieved("", "the caller's own"));
    assertEquals(30, retrieved("corpora=fresh", "the caller's own"));
    assertEquals(15, retrieved("corpora=fresh; all=1", ""));
    assertEquals(7, retrieved("corpora=default", "phoenix-posts:corpora=fresh;all=0x3;none=32"));
    assertEquals(30, inferred("retrieval", text("corpora=fresh")));
    assertEquals(15, inferred("recommender", text("corpora=fresh;none=1")));
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> retrieved("corpora=nope", "")));
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> retrieved("", "phoenix-posts:fresh")));
    InferParameter number = InferParameter.newBuilder().setInt64Param(1).build();
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> inferred("retrieval", number)));
  }

  @Test
  void wrongChangesAreRefusedByStatus() {
    try (PhoenixClient stranger = client(PATIENT);
        PhoenixClient client = client(PATIENT.withToken(TOKEN))) {
      assertEquals(Status.Code.PERMISSION_DENIED, code(() -> stranger.put(put("fresh", 1, 2))));
      assertEquals(2, stranger.corpusStats().getCorporaCount());
      assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> client.put(put("fresh", 0, 2))));
      assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> client.put(put("fresh", 1, 4098))));
      assertEquals(Status.Code.NOT_FOUND, code(() -> client.put(put("nope", 1, 2))));
      assertEquals(0, client.put(put("", 1, 2)).getReplaced());
      assertEquals(0, fresh(client).getPostsCount());
    }
  }
}
