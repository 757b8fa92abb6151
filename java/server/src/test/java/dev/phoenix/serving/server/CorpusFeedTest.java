package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.CorpusStatistics;
import dev.phoenix.corpus.Post;
import dev.phoenix.corpus.PostChange;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.corpus.SourcePosition;
import dev.phoenix.corpus.kafka.KafkaPostSource;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.LiveCorpora;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Posts from a topic while a server runs, and brokers that fail. */
@Timeout(120)
class CorpusFeedTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 0);

  @TempDir Path folder;

  /** A consumer of the posts from number {@code from} on; every second is none. */
  private static MockConsumer<byte[], byte[]> consumer(int from, int to, long firstOffset) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    consumer.updatePartitions(
        PARTITION.topic(),
        List.of(new PartitionInfo(PARTITION.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, firstOffset + to - from));
    consumer.schedulePollTask(
        () -> {
          for (int id = from; id < to; id++) {
            String value = id % 2 == 0 ? "{\"author_id\": 7}" : "no post";
            consumer.addRecord(
                new ConsumerRecord<>(
                    PARTITION.topic(),
                    0,
                    firstOffset + id - from,
                    bytes(Integer.toString(id)),
                    bytes(value)));
          }
        });
    return consumer;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private ServingEngine engine() {
    return ServingEngine.create(
        Demo.options(2, 0),
        RequestLimits.DEFAULT,
        () -> CpuOps.create(Precision.FLOAT32, 1),
        new PrometheusMetrics(),
        new LiveCorpora(
            folder,
            List.of("fresh"),
            CorpusSettings.defaults(),
            () -> CpuOps.create(Precision.FLOAT32, 1)));
  }

  private static long posts(ServingEngine engine) {
    CorpusStatistics fresh = engine.withCorpora(corpora -> corpora.live("fresh").statistics());
    return fresh.posts();
  }

  private static boolean shows(ServingEngine engine, String metric) {
    return PrometheusMetrics.of(engine).scrape().contains("\n" + metric + "\n");
  }

  @Test
  void aFeedBeginsWithTheModelAndOutlivesItsFailures() throws InterruptedException {
    MockConsumer<byte[], byte[]> breaking = consumer(2, 12, 0);
    MockConsumer<byte[], byte[]> lasting = consumer(100, 120, 10);
    Deque<MockConsumer<byte[], byte[]>> consumers = new ArrayDeque<>(List.of(breaking, lasting));
    int[] opened = {0};
    Supplier<PostSource> sources =
        () -> {
          if (opened[0]++ == 0) {
            throw new KafkaException("no broker answers");
          }
          return KafkaPostSource.of(PARTITION.topic(), consumers.removeFirst());
        };
    try (ServingEngine engine = engine()) {
      Semaphore pauses = new Semaphore(0);
      try (CorpusFeed feed = CorpusFeed.start(engine, "fresh", sources, _ -> pauses.release())) {
        pauses.acquire(3);
        assertEquals(0, opened[0], "nothing is opened before there is a model");
        engine.load(Demo.ARTIFACTS);
        follow(engine, breaking);
        assertTrue(feed.reachedStart().isDone());
        assertTrue(shows(engine, "phoenix_ingestion_position{partition=\"0\"} 30.0"));
        assertTrue(shows(engine, "phoenix_ingestion_lag{partition=\"0\"} 0.0"));
        assertFalse(lasting.closed());
      }
      assertTrue(lasting.closed());
    }
  }

  @Test
  void whatEndsWithTheFeedIsCounted() throws InterruptedException {
    CountDownLatch polled = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    PostSource source =
        new PostSource() {
          private boolean given;

          @Override
          public void begin(List<SourcePosition> positions) {
            assertEquals(List.of(), positions);
          }

          @Override
          public Progress progress() {
            return new Progress(List.of(), 0, 0, given, System.nanoTime());
          }

          @Override
          public Batch poll(Duration patience) {
            if (given) {
              return Batch.EMPTY;
            }
            given = true;
            polled.countDown();
            awaitUninterruptibly(closing);
            SourcePosition at = new SourcePosition("here", 0, 1, -1);
            return new Batch(
                List.of(
                    new Entry(new PostChange.Put(Post.of(1, 2)), at),
                    new Entry(new PostChange.Put(Post.of(3, 4)), at)),
                List.of(at));
          }

          @Override
          public void close() {}
        };
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      try (CorpusFeed feed = CorpusFeed.start(engine, "fresh", () -> source, Thread::sleep)) {
        polled.await();
        Thread end = Thread.ofPlatform().start(feed::close);
        Await.until("the feed is interrupted", () -> end.getState() == Thread.State.WAITING);
        closing.countDown();
        end.join();
      }
      assertTrue(
          shows(engine, "phoenix_ingestion_changes_total 2.0"),
          PrometheusMetrics.of(engine).scrape());
      assertTrue(
          shows(engine, "phoenix_ingestion_failures_total 0.0"),
          PrometheusMetrics.of(engine).scrape());
      assertEquals(2, posts(engine));
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void follow(ServingEngine engine, MockConsumer<byte[], byte[]> breaking)
      throws InterruptedException {
    Await.until("the posts of the first consumer", () -> posts(engine) == 5);
    Await.until("five changes", () -> shows(engine, "phoenix_ingestion_changes_total 5.0"));
    assertTrue(
        shows(engine, "phoenix_ingestion_failures_total 1.0"),
        PrometheusMetrics.of(engine).scrape());
    breaking.setPollException(new KafkaException("the broker is gone"));
    Await.until("the posts of the second consumer", () -> posts(engine) == 15);
    Await.until("fifteen changes", () -> shows(engine, "phoenix_ingestion_changes_total 15.0"));
    assertTrue(
        shows(engine, "phoenix_ingestion_failures_total 2.0"),
        PrometheusMetrics.of(engine).scrape());
    assertTrue(
        shows(engine, "phoenix_ingestion_malformed_total 15.0"),
        PrometheusMetrics.of(engine).scrape());
    assertTrue(breaking.closed());
  }

  @Test
  void aServerIsReadyWithoutABrokerOnlyIfThatIsWanted() throws Exception {
    readyWithoutABroker(Map.of(Setting.KAFKA_READY_AT_START, "false"), true);
    readyWithoutABroker(Map.of(), false);
  }

  private void readyWithoutABroker(Map<Setting, String> more, boolean expected) throws Exception {
    int nobody;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = taken.getLocalPort();
    }
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.putAll(more);
    flags.putAll(
        Map.of(
            Setting.GRPC_PORT, "0",
            Setting.HTTP_PORT, "0",
            Setting.LIVE_FOLDER, folder.toString(),
            Setting.KAFKA_BOOTSTRAP, "127.0.0.1:" + nobody,
            Setting.KAFKA_TOPIC, "posts",
            Setting.LAME_DUCK_SECONDS, "0"));
    Settings settings = Settings.resolve(null, Map.of(), flags);
    ServerConfig config = ServerConfig.of(settings, Demo.ARTIFACTS.directory());
    PhoenixServer server = PhoenixServer.start(config);
    try {
      server.load();
      assertEquals(expected, server.isReady());
      Await.until(
          "the failure is counted",
          () -> shows(server.engine(), "phoenix_ingestion_failures_total 1.0"));
      assertEquals(expected, server.isReady());
    } finally {
      assertTrue(server.stop());
    }
  }
}
