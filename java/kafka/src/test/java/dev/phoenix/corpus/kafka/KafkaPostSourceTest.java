package dev.phoenix.corpus.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.Durability;
import dev.phoenix.corpus.Ingestion;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.PostEncoder;
import dev.phoenix.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of a topic become posts of a corpus, and offsets are committed. */
class KafkaPostSourceTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 0);

  @TempDir Path folder;
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private long offset;

  KafkaPostSourceTest() {
    consumer.assign(Set.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
  }

  private void add(@Nullable String key, @Nullable String value) {
    consumer.addRecord(
        new ConsumerRecord<>(PARTITION.topic(), 0, offset++, bytes(key), bytes(value)));
  }

  // A record of a topic may lack its key or its value.
  @SuppressWarnings("NullAway")
  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private long committed() {
    OffsetAndMetadata at = consumer.committed(Set.of(PARTITION)).get(PARTITION);
    return at == null ? 0 : at.offset();
  }

  private LiveCorpus corpus(PostEncoder encoder) {
    return LiveCorpus.open(
        new LiveCorpus.Place("kafka", folder, null),
        encoder,
        new CorpusSettings(Durability.SYSTEM, 16, 1000, 1000));
  }

  /** Vectors of ones; refuses the post 66. */
  private static final class Ones implements PostEncoder {
    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public String fingerprint() {
      return "ones";
    }

    @Override
    public void encode(float[] out, long[] postIds, long[] authorIds) {
      for (int i = 0; i < out.length; i++) {
        out[i] = postIds[i / 2] == 66 ? Float.NaN : 1;
      }
    }
  }

  @Test
  void recordsBecomePostsAndOffsetsAreCommitted() throws InterruptedException {
    add("1", "{\"author_id\": 7, \"topic\": \"a\"}");
    add("18446744073709551615", "{\"author_id\": \"18446744073709551614\"}");
    add("3", "{\"author_id\": 7, \"attributes\": \"5\"}");
    add("1", null);
    add("3", "{\"author_id\": 8}");
    add(null, "{\"author_id\": 8}");
    add("4", "{\"author_id\": ");
    add("5", "[]");
    add("0", "{\"author_id\": 8}");
    KafkaPostSource source = KafkaPostSource.of(consumer);
    try (LiveCorpus corpus = corpus(new Ones())) {
      try (Ingestion ingestion = Ingestion.start(source, corpus)) {
        Await.until("five changes", () -> ingestion.changes() == 5);
        assertNull(ingestion.failure());
        assertEquals(4, source.malformed());
        assertEquals(offset, committed());
        assertEquals(2, corpus.statistics().posts());
        try (var snapshot = corpus.snapshot()) {
          assertEquals(3, snapshot.postId(snapshot.lastPosition()));
          assertEquals(8, snapshot.authorId(snapshot.lastPosition()));
        }
      }
      assertTrue(consumer.closed());
    }
  }

  @Test
  void whatCannotBeWrittenIsNotCommitted() throws InterruptedException {
    add("66", "{\"author_id\": 7}");
    try (LiveCorpus corpus = corpus(new Ones());
        Ingestion ingestion = Ingestion.start(KafkaPostSource.of(consumer), corpus)) {
      Await.until("the failure", () -> ingestion.failure() != null);
      assertNotNull(ingestion.failure());
      assertEquals(0, ingestion.changes());
      assertTrue(consumer.closed());
      assertEquals(0, corpus.statistics().posts());
    }
  }

  /** A consumer without a broker, whose commits wait until interrupted. */
  private static final class Stuck extends MockConsumer<byte[], byte[]> {
    final CountDownLatch committing = new CountDownLatch(1);
    volatile @Nullable Duration patience;
    volatile boolean interrupted;

    Stuck() {
      super("earliest");
    }

    @Override
    public synchronized void commitSync(Duration timeout) {
      patience = timeout;
      committing.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted = true;
        throw new InterruptException(e);
      }
    }
  }

  @Test
  void aBrokerThatIsGoneHoldsNobodyUp() throws InterruptedException {
    Stuck stuck = new Stuck();
    stuck.assign(Set.of(PARTITION));
    stuck.updateBeginningOffsets(Map.of(PARTITION, 0L));
    stuck.addRecord(
        new ConsumerRecord<>(PARTITION.topic(), 0, 0, bytes("1"), bytes("{\"author_id\": 7}")));
    try (LiveCorpus corpus = corpus(new Ones())) {
      Ingestion ingestion = Ingestion.start(KafkaPostSource.of(stuck), corpus);
      stuck.committing.await();
      ingestion.close();
      assertTrue(stuck.interrupted, "a commit does not hold up the end");
      assertEquals(Duration.ofSeconds(5), stuck.patience);
      assertTrue(stuck.closed());
      assertEquals(0, ingestion.changes(), "what was not acknowledged comes again");
      assertEquals(1, corpus.statistics().posts());
    }
  }

  @Test
  void theEndOfTheCorpusIsNoFailure() throws InterruptedException {
    LiveCorpus corpus = corpus(new Ones());
    try (Ingestion ingestion = Ingestion.start(KafkaPostSource.of(consumer), corpus)) {
      corpus.close();
      add("1", "{\"author_id\": 7}");
      Await.until("the consumer is closed", consumer::closed);
      assertTrue(ingestion.awaitEnd(Duration.ofMinutes(1)));
      assertNull(ingestion.failure());
      assertEquals(0, ingestion.changes(), "what was not acknowledged comes again");
    }
  }
}
