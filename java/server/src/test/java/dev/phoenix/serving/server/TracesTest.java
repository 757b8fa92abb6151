package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.tracing.TraceCollector;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import phoenix.v1.RecommenderGrpc;

/** Traces of a whole server, received by a collector. */
@Timeout(180)
class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";
  private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
  private static final String RECOMMEND = "phoenix.v1.Recommender/Recommend";

  /** A server and its clients. */
  private static final class Callers implements AutoCloseable {
    private final PhoenixServer server;
    private final ManagedChannel channel;
    private final HttpClient http = HttpClient.newHttpClient();

    Callers(Map<Setting, String> settings) {
      server = ServerSurfaceTest.start(settings);
      int port = Integer.parseInt(server.grpcPort());
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    int recommend(int topK, String traceparent) {
      Metadata headers = new Metadata();
      headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), traceparent);
      return RecommenderGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .recommend(ServerSurfaceTest.recommend(topK))
          .getPostsCount();
    }

    int status(String path, HttpRequest.Builder request) throws Exception {
      request.uri(URI.create("http://127.0.0.1:" + server.httpPort() + path));
      return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    @Override
    public void close() {
      channel.shutdownNow();
      http.close();
      server.close();
    }
  }

  private static HttpRequest.Builder get() {
    return HttpRequest.newBuilder();
  }

  private static HttpRequest.Builder post(Path body) throws Exception {
    return HttpRequest.newBuilder().POST(BodyPublishers.ofFile(body));
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static Map<String, String> attributes(Span span) {
    return TraceCollector.attributes(span.getAttributesList());
  }

  private static Span only(TraceCollector collector, String name) {
    List<Span> found =
        collector.spans().stream().filter(span -> span.getName().equals(name)).toList();
    assertEquals(1, found.size(), name);
    return found.getFirst();
  }

  /** The names of the stages of {@code call}; checks that they are within it and in order. */
  private static List<String> stages(TraceCollector collector, Span call) {
    List<Span> stages =
        collector.spans().stream()
            .filter(span -> span.getParentSpanId().equals(call.getSpanId()))
            .toList();
    long from = call.getStartTimeUnixNano();
    for (Span stage : stages) {
      assertEquals(call.getTraceId(), stage.getTraceId());
      assertTrue(stage.getStartTimeUnixNano() >= from, stage.getName());
      assertTrue(stage.getEndTimeUnixNano() >= stage.getStartTimeUnixNano(), stage.getName());
      assertTrue(stage.getEndTimeUnixNano() <= call.getEndTimeUnixNano(), stage.getName());
      from = stage.getEndTimeUnixNano();
      assertEquals("1", attributes(stage).get("phoenix.batch_size"));
      assertEquals("false", attributes(stage).get("phoenix.history_kept"));
      assertFalse(attributes(stage).getOrDefault("phoenix.model_version", "").isEmpty());
    }
    return stages.stream().map(Span::getName).toList();
  }

  /** The server closes the connection with an exception after the response. */
  @Test
  void theLastRequestOfAConnectionIsNoFailure() throws Exception {
    try (TraceCollector collector = new TraceCollector()) {
      try (Callers callers = new Callers(Map.of(Setting.TRACES, collector.endpoint()));
          Socket socket =
              new Socket(
                  InetAddress.getLoopbackAddress(), Integer.parseInt(callers.server.httpPort()))) {
        String request = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readAllBytes();
        assertTrue(new String(answer, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200"));
      }
      Map<String, String> attributes = attributes(only(collector, "GET /livez"));
      assertEquals("200", attributes.get("http.response.status_code"));
      assertFalse(attributes.containsKey("error.type"), attributes.toString());
    }
  }

  @Test
  void callsAreSpansBelowTheCallersWithTheirStagesBelowThem() throws Exception {
    try (TraceCollector collector = new TraceCollector()) {
      try (Callers callers = new Callers(Map.of(Setting.TRACES, collector.endpoint()))) {
        callers.server.load();
        assertEquals(4, callers.recommend(4, SAMPLED));
        HttpRequest.Builder request =
            post(Demo.ARTIFACTS.sequence()).header("traceparent", SAMPLED);
        assertEquals(200, callers.status("/v1/recommend", request));
      }
      Span grpc = only(collector, RECOMMEND);
      assertEquals(TRACE, hex(grpc.getTraceId()));
      assertEquals(PARENT, hex(grpc.getParentSpanId()));
      assertEquals(Span.SpanKind.SPAN_KIND_SERVER, grpc.getKind());
      assertEquals(StatusCode.STATUS_CODE_UNSET, grpc.getStatus().getCode());
      assertEquals(
          Map.of(
              "rpc.system", "grpc",
              "rpc.service", "phoenix.v1.Recommender",
              "rpc.method", "Recommend",
              "rpc.grpc.status_code", "0"),
          attributes(grpc));
      assertEquals(List.of("queue", "retrieval", "ranking"), stages(collector, grpc));

      Span http = only(collector, "POST /v1/recommend");
      assertEquals(TRACE, hex(http.getTraceId()));
      assertEquals(PARENT, hex(http.getParentSpanId()));
      assertEquals(Span.SpanKind.SPAN_KIND_SERVER, http.getKind());
      assertEquals(
          Map.of(
              "http.request.method", "POST",
              "http.route", "/v1/recommend",
              "http.response.status_code", "200"),
          attributes(http));
      assertEquals(List.of("queue", "retrieval", "ranking"), stages(collector, http));

      assertEquals(Set.of("POST application/x-protobuf"), Set.copyOf(collector.contentTypes()));
      Map<String, String> resource =
          TraceCollector.attributes(
              collector.collected().getFirst().getResource().getAttributesList());
      assertEquals("phoenix", resource.get("service.name"));
    }
  }

  /** Before a model is loaded, calls are refused before their message is read. */
  @Test
  void refusedAndWrongCallsAreSpansToo() throws Exception {
    try (TraceCollector collector = new TraceCollector()) {
      try (Callers callers = new Callers(Map.of(Setting.TRACES, collector.endpoint()))) {
        assertThrows(StatusRuntimeException.class, () -> callers.recommend(4, "nonsense"));
        assertEquals(503, callers.status("/readyz", get()));
        assertEquals(404, callers.status("/nowhere", get()));
        assertEquals(
            405, callers.status("/metrics", get().method("BREW", BodyPublishers.noBody())));
        callers.server.load();
        assertThrows(StatusRuntimeException.class, () -> callers.recommend(5000, SAMPLED));
      }
      List<Span> calls =
          collector.spans().stream().filter(span -> span.getName().equals(RECOMMEND)).toList();
      assertEquals(2, calls.size());
      Span refused = calls.getFirst();
      assertEquals("14", attributes(refused).get("rpc.grpc.status_code"));
      assertEquals("UNAVAILABLE", attributes(refused).get("error.type"));
      assertEquals(StatusCode.STATUS_CODE_ERROR, refused.getStatus().getCode());
      assertTrue(refused.getParentSpanId().isEmpty(), "what is no traceparent is no parent");
      Span wrong = calls.getLast();
      assertEquals("3", attributes(wrong).get("rpc.grpc.status_code"));
      assertEquals(StatusCode.STATUS_CODE_UNSET, wrong.getStatus().getCode());
      Span notReady = only(collector, "GET /readyz");
      assertEquals("503", attributes(notReady).get("http.response.status_code"));
      assertEquals("503", attributes(notReady).get("error.type"));
      assertEquals(StatusCode.STATUS_CODE_ERROR, notReady.getStatus().getCode());
      Span nowhere = only(collector, "GET");
      assertEquals("404", attributes(nowhere).get("http.response.status_code"));
      assertEquals(StatusCode.STATUS_CODE_UNSET, nowhere.getStatus().getCode());
      assertEquals(
          "_OTHER", attributes(only(collector, "HTTP /metrics")).get("http.request.method"));
    }
  }

  @Test
  void theCallerOutdoesTheShare() throws Exception {
    try (TraceCollector collector = new TraceCollector()) {
      Map<Setting, String> none =
          Map.of(Setting.TRACES, collector.endpoint(), Setting.TRACES_SHARE, "0");
      try (Callers callers = new Callers(none)) {
        assertEquals(200, callers.status("/livez", get()));
        assertEquals(200, callers.status("/v1/example", get().header("traceparent", SAMPLED)));
      }
      assertEquals(
          List.of("GET /v1/example"), collector.spans().stream().map(Span::getName).toList());
    }
  }

  private static Set<Thread> exporters() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("BatchSpanProcessor"))
        .collect(Collectors.toSet());
  }

  @Test
  void nothingIsThereToSendWhereTracesAreOff() throws Exception {
    Set<Thread> before = exporters();
    try (Callers callers = new Callers(Map.of())) {
      assertEquals(200, callers.status("/livez", get().header("traceparent", SAMPLED)));
      Set<Thread> more = new HashSet<>(exporters());
      more.removeAll(before);
      assertEquals(Set.of(), more);
    }
    try (TraceCollector collector = new TraceCollector();
        Callers _ = new Callers(Map.of(Setting.TRACES, collector.endpoint()))) {
      Set<Thread> more = new HashSet<>(exporters());
      more.removeAll(before);
      assertEquals(1, more.size(), "what is looked for is there where traces are on");
    }
  }

  /** The collector accepts connections and never answers; the shutdown must not wait for it. */
  @Test
  void aDeadCollectorDisturbsNobody() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String endpoint = "http://127.0.0.1:" + silent.getLocalPort() + "/v1/traces";
      try (Callers callers = new Callers(Map.of(Setting.TRACES, endpoint))) {
        callers.server.load();
        assertEquals(4, callers.recommend(4, SAMPLED));
        for (int i = 0; i < 3000; i++) {
          assertEquals(200, callers.status("/livez", get()));
        }
        assertEquals(4, callers.recommend(4, SAMPLED));
      }
    }
  }
}
