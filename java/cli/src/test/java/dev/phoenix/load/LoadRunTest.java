package dev.phoenix.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.compression.Compression;
import dev.phoenix.compression.SeenEncodings;
import dev.phoenix.compression.ZstdCodec;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The samples of a run and the report made from them. */
class LoadRunTest {
  private static LoadPlan plan(double rate, Duration duration, Duration deadline) {
    return new LoadPlan(rate, rate, duration, Duration.ofMillis(100), deadline, 5);
  }

  /** Answers nothing until the last request has started: the server stalls. */
  private static final class Stalling implements LoadTarget {
    private final List<Consumer<Outcome>> held = new ArrayList<>();
    private final int count;

    Stalling(int count) {
      this.count = count;
    }

    @Override
    public void start(int number, long deadlineNanos, Consumer<Outcome> done) {
      held.add(done);
      if (held.size() == count) {
        held.forEach(each -> each.accept(Outcome.GOOD));
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void aStallIsSeenByEveryRequestThatWasDueInIt() throws InterruptedException {
    LoadPlan plan = plan(500, Duration.ofMillis(400), Duration.ofSeconds(60));
    int all = Arrivals.of(plan).length;
    LoadSamples samples = LoadRun.of(plan, new Stalling(all), () -> {});
    int last = samples.count() - 1;
    for (int i = 0; i <= last; i++) {
      assertEquals(Outcome.GOOD, samples.outcomes()[i]);
      long due = samples.startNanos()[last] - samples.startNanos()[i];
      assertTrue(samples.latencyNanos()[i] >= due, "request " + i + " waited for the last");
      assertTrue(samples.lagNanos()[i] >= 0);
    }
    assertEquals(samples.count(), samples.latencies(Outcome.GOOD).getTotalCount());
  }

  @Test
  void theMeasurementBeginsAfterTheWarmUp() throws InterruptedException {
    LoadPlan plan = plan(500, Duration.ofMillis(200), Duration.ofSeconds(60));
    int all = Arrivals.of(plan).length;
    Stalling target = new Stalling(all);
    int[] warmUp = {0};
    LoadSamples samples = LoadRun.of(plan, target, () -> warmUp[0] = target.held.size());
    assertTrue(warmUp[0] > 0);
    assertEquals(all, warmUp[0] + samples.count());
  }

  @Test
  void aRequestWithoutAnswerIsLost() throws InterruptedException {
    LoadPlan plan = plan(100, Duration.ofMillis(100), Duration.ofMillis(10));
    LoadSamples samples = LoadRun.of(plan, new Stalling(Integer.MAX_VALUE), () -> {});
    assertTrue(samples.count() > 0);
    assertTrue(
        samples.counts().keySet().stream()
            .allMatch(outcome -> outcome == Outcome.LOST || outcome == Outcome.LATE),
        samples.counts().toString());
  }

  /** Rejects every fourth request, and every eighth as invalid. */
  private static final class Refusing extends RecommenderGrpc.RecommenderImplBase {
    final AtomicInteger calls = new AtomicInteger();

    @Override
    public void recommend(RecommendRequest request, StreamObserver<RecommendResponse> answer) {
      int call = calls.incrementAndGet();
      assertTrue(request.getSequence().getUserId() > 0);
      if (call % 8 == 0) {
        answer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
      } else if (call % 4 == 0) {
        answer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
      } else {
        answer.onNext(RecommendResponse.getDefaultInstance());
        answer.onCompleted();
      }
    }
  }

  @Test
  void outcomesAreThoseOfTheServer() throws Exception {
    Refusing service = new Refusing();
    SeenEncodings encodings = new SeenEncodings();
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .compressorRegistry(ZstdCodec.compressors())
            .decompressorRegistry(ZstdCodec.decompressors())
            .intercept(encodings)
            .addService(service)
            .build()
            .start();
    LoadPlan plan = plan(300, Duration.ofMillis(900), Duration.ofSeconds(60));
    LoadSamples samples;
    try (GrpcTarget target =
        GrpcTarget.connect(
            "127.0.0.1:" + server.getPort(),
            2,
            Compression.ZSTD,
            GrpcTarget.Service.RECOMMEND,
            new RandomRequests(10, 0, 5, 3, 1))) {
      samples = LoadRun.of(plan, target, () -> {});
    } finally {
      server.shutdownNow();
    }
    int all = Arrivals.of(plan).length;
    assertEquals(all, service.calls.get());
    assertEquals(Set.of("zstd"), encodings.requests());
    assertEquals(Set.of("gzip", "zstd"), encodings.understood());
    Map<Outcome, Integer> counts = samples.counts();
    assertEquals(samples.count(), counts.values().stream().mapToInt(n -> n).sum());
    assertTrue(
        counts.keySet().stream()
            .allMatch(
                outcome ->
                    outcome == Outcome.GOOD
                        || outcome == Outcome.REJECTED
                        || outcome == Outcome.INVALID),
        counts.toString());
    checkReport(LoadReport.of("recommend <test>", plan, samples, null), samples);
  }

  private static void checkReport(LoadReport report, LoadSamples samples) throws Exception {
    assertEquals(samples.count(), report.requests());
    assertEquals(samples.counts().getOrDefault(Outcome.GOOD, 0) / 0.9, report.goodput(), 1e-9);
    assertTrue(report.latency().p50() <= report.latency().p99());
    JsonNode json = JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(report));
    assertEquals(report.requests(), json.get("requests").asInt());
    assertEquals(1, json.get("intervals").size());
    Element svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(new LoadPlot(report).svg())))
            .getDocumentElement();
    assertEquals("svg", svg.getTagName());
    assertEquals(7, svg.getElementsByTagName("polyline").getLength());
  }

  @Test
  void batchSizesAreTheDifferenceOfTwoReadings() {
    String before =
        """
        # HELP phoenix_batch_size Requests of a batch
        phoenix_batch_size_bucket{le="1.0"} 5
        phoenix_batch_size_bucket{le="2.0"} 7
        phoenix_batch_size_bucket{le="+Inf"} 7
        phoenix_batch_size_count 7
        phoenix_batch_size_sum 9.0
        recsys_engine_num_requests_rejected_total{reason="queue full}"} 1
        nonsense{
        """;
    String after =
        """
        phoenix_batch_size_bucket{le="1.0"} 6
        phoenix_batch_size_bucket{le="2.0"} 10
        phoenix_batch_size_bucket{le="+Inf"} 11
        phoenix_batch_size_count 11
        phoenix_batch_size_sum 21.0
        recsys_engine_num_requests_rejected_total{reason="queue full}"} 4
        recsys_engine_num_requests_rejected_total{reason="late"} 2
        recsys_engine_tokens_processed_total 100
        """;
    LoadReport.ServerCounts counts =
        LoadReport.ServerCounts.between(MetricsPage.parse(before), MetricsPage.parse(after));
    assertEquals(4, counts.batches());
    assertEquals(3.0, counts.meanBatchSize());
    assertEquals(Map.of("1", 1L, "2", 2L, "more", 1L), counts.batchSizes());
    assertEquals(5, counts.rejected());
    assertEquals(100, counts.tokensProcessed());
  }

  @Test
  void aUserHasTheSameHistoryEveryTime() {
    RandomRequests requests = new RandomRequests(3, 2, 9, 4, 8);
    for (int number = 0; number < 50; number++) {
      var sequence = requests.recommend(number).getSequence();
      assertEquals(sequence, requests.rank(number).getSequences(0));
      assertEquals(requests.recommend(number), requests.recommend(number));
      for (int other = 0; other < number; other++) {
        var earlier = requests.recommend(other).getSequence();
        assertEquals(earlier.getUserId() == sequence.getUserId(), earlier.equals(sequence));
      }
    }
  }
}
