package dev.phoenix.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.compression.Compression;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Load on the server of this product: every service answers every request. */
class ServerLoadTest {
  private static final LoadPlan PLAN =
      new LoadPlan(
          20, 60, Duration.ofMillis(1500), Duration.ofMillis(200), Duration.ofMinutes(2), 11);

  @Test
  void everyServiceAnswersAndItsBatchesAreCounted() throws InterruptedException {
    ServingEngine engine = Demo.engine(Demo.options(8, 10_000_000), new PrometheusMetrics());
    try (engine;
        Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory())) {
      engine.load(Demo.ARTIFACTS);
      GrpcServer.Context context =
          new GrpcServer.Context(
              engine,
              FeedPolicy.DEFAULT,
              new GrpcServer.ReloadAccess(reloader, BearerToken.of("")),
              () -> true);
      try (GrpcServer server = GrpcServer.start(Endpoint.loopback(0), context)) {
        server.ready(true);
        check(engine, server, GrpcTarget.Service.RANK, Compression.NONE);
        check(engine, server, GrpcTarget.Service.RETRIEVE, Compression.GZIP);
        check(engine, server, GrpcTarget.Service.RECOMMEND, Compression.ZSTD);
      }
    }
  }

  private static void check(
      ServingEngine engine, GrpcServer server, GrpcTarget.Service service, Compression compression)
      throws InterruptedException {
    MetricsPage before = MetricsPage.parse(PrometheusMetrics.of(engine).scrape());
    LoadSamples samples;
    try (GrpcTarget target =
        GrpcTarget.connect(
            "127.0.0.1:" + server.port(),
            2,
            compression,
            service,
            new RandomRequests(20, 0, 20, 16, 3))) {
      samples = LoadRun.of(PLAN, target, () -> {});
    }
    MetricsPage after = MetricsPage.parse(PrometheusMetrics.of(engine).scrape());
    assertEquals(Map.of(Outcome.GOOD, samples.count()), samples.counts(), service.toString());
    LoadReport.ServerCounts counts = LoadReport.ServerCounts.between(before, after);
    int started = Arrivals.of(PLAN).length;
    assertEquals(started, Math.round(counts.batches() * counts.meanBatchSize()));
    assertEquals(counts.batches(), counts.batchSizes().values().stream().mapToLong(n -> n).sum());
    assertTrue(counts.tokensProcessed() > 0);
  }
}
