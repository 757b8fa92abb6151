package dev.phoenix.corpus.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.Durability;
import dev.phoenix.corpus.Ingestion;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records of a topic become posts of a corpus, which keeps how far it was read. */
@Timeout(60)
class KafkaPostSourceTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 0);

  @TempDir Path folder;

  private static MockConsumer<byte[], byte[]> consumer(long begin, long end) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    consumer.updatePartitions(
        PARTITION.topic(),
        List.of(new PartitionInfo(PARTITION.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(PARTITION, begin));
    consumer.updateEndOffsets(Map.of(PARTITION, end));
    return consumer;
  }

  /** Records that a consumer gets once it has been assigned the partition. */
  private static void give(
      MockConsumer<byte[], byte[]> consumer, long first, List<ConsumerRecord<byte[], byte[]>> all) {
    consumer.schedulePollTask(() -> all.stream().skip(first).forEach(consumer::addRecord));
  }

  private static ConsumerRecord<byte[], byte[]> at(
      long offset, @Nullable String key, @Nullable String value) {
    return new ConsumerRecord<>(PARTITION.topic(), 0, offset, bytes(key), bytes(value));
  }

  // A record of a topic may lack its key or its value.
  @SuppressWarnings("NullAway")
  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private LiveCorpus corpus() {
    return LiveCorpus.open(
        new LiveCorpus.Place("kafka", folder, null),
        new Ones(),
        new CorpusSettings(Durability.SYSTEM, 16, 1000, 1000));
  }

  private static long next(Ingestion ingestion) {
    PostSource.Progress progress = ingestion.progress();
    return progress == null || progress.partitions().isEmpty()
        ? -1
        : progress.partitions().getFirst().next();
  }

  private static PostSource.Progress progress(Ingestion ingestion) {
    PostSource.Progress progress = ingestion.progress();
    assertNotNull(progress);
    return progress;
  }

  @Test
  void recordsBecomePostsAndWhatCannotBeReadIsPassedOver() throws InterruptedException {
    List<ConsumerRecord<byte[], byte[]>> records =
        List.of(
            at(0, "1", "{\"author_id\": 7, \"topic\": \"a\"}"),
            at(1, "18446744073709551615", "{\"author_id\": \"18446744073709551614\"}"),
            at(2, "3", "{\"author_id\": 7, \"attributes\": \"5\"}"),
            at(3, "1", null),
            at(4, "3", "{\"author_id\": 8}"),
            at(5, null, "{\"author_id\": 8}"),
            at(6, "4", "{\"author_id\": "),
            at(7, "5", "[]"),
            at(8, "0", "{\"author_id\": 8}"),
            at(9, Long.toString(Ones.WRONG), "{\"author_id\": 8}"),
            at(10, "6", "[".repeat(100_000)),
            at(11, "7", "{\"author_id\": 1, \"topic\": \"\\ud800\"}"),
            at(12, "0", null));
    MockConsumer<byte[], byte[]> consumer = consumer(0, records.size());
    give(consumer, 0, records);
    try (LiveCorpus corpus = corpus()) {
      try (Ingestion ingestion =
          Ingestion.start(KafkaPostSource.of(PARTITION.topic(), consumer), corpus)) {
        Await.until("all records", () -> next(ingestion) == records.size());
        assertNull(ingestion.failure());
        assertEquals(5, ingestion.changes());
        assertEquals(7, progress(ingestion).malformed());
        assertEquals(1, ingestion.refused(), "a post whose vector is not finite");
        assertTrue(progress(ingestion).reachedStart());
        assertEquals(0, progress(ingestion).partitions().getFirst().lag());
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
  void aCorpusGoesOnWhereItEnded() throws InterruptedException {
    List<ConsumerRecord<byte[], byte[]>> records =
        List.of(
            at(0, "1", "{\"author_id\": 7}"),
            at(1, "2", "{\"author_id\": 7}"),
            at(2, "3", "{\"author_id\": 7}"));
    MockConsumer<byte[], byte[]> first = consumer(0, 2);
    give(first, 0, records.subList(0, 2));
    read(first, 2, 2, 2);
    MockConsumer<byte[], byte[]> second = consumer(0, 3);
    give(second, 2, records);
    read(second, 3, 1, 3);
  }

  private void read(MockConsumer<byte[], byte[]> consumer, long next, long changes, int posts)
      throws InterruptedException {
    try (LiveCorpus corpus = corpus();
        Ingestion ingestion =
            Ingestion.start(KafkaPostSource.of(PARTITION.topic(), consumer), corpus)) {
      Await.until("offset " + next, () -> next(ingestion) == next);
      assertEquals(changes, ingestion.changes());
      assertEquals(posts, corpus.statistics().posts());
    }
  }

  @Test
  void anOffsetThatIsGoneIsSaidAndTheEarliestComesNext() throws InterruptedException {
    MockConsumer<byte[], byte[]> first = consumer(0, 1);
    give(first, 0, List.of(at(0, "1", "{\"author_id\": 7}")));
    read(first, 1, 1, 1);
    MockConsumer<byte[], byte[]> second = consumer(40, 41);
    give(second, 0, List.of(at(40, "2", "{\"author_id\": 7}")));
    try (LiveCorpus corpus = corpus();
        Ingestion ingestion =
            Ingestion.start(KafkaPostSource.of(PARTITION.topic(), second), corpus)) {
      Await.until("offset 41", () -> next(ingestion) == 41);
      assertEquals(1, progress(ingestion).resets());
      assertEquals(2, corpus.statistics().posts());
      assertNull(ingestion.failure());
    }
  }

  @Test
  void aConsumerThatFailsEndsTheIngestion() throws InterruptedException {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 1);
    consumer.setPollException(new KafkaException("the broker is gone"));
    try (LiveCorpus corpus = corpus();
        Ingestion ingestion =
            Ingestion.start(KafkaPostSource.of(PARTITION.topic(), consumer), corpus)) {
      Await.until("the failure", () -> ingestion.failure() != null);
      assertEquals(0, ingestion.changes());
      assertTrue(ingestion.awaitEnd(Duration.ofMinutes(1)));
      assertTrue(consumer.closed());
    }
  }

  @Test
  void theEndOfTheCorpusIsNoFailure() throws InterruptedException {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 1);
    LiveCorpus corpus = corpus();
    try (Ingestion ingestion =
        Ingestion.start(KafkaPostSource.of(PARTITION.topic(), consumer), corpus)) {
      Await.until("the first poll", () -> ingestion.progress() != null);
      assertFalse(progress(ingestion).reachedStart());
      corpus.close();
      give(consumer, 0, List.of(at(0, "1", "{\"author_id\": 7}")));
      Await.until("the consumer is closed", consumer::closed);
      assertTrue(ingestion.awaitEnd(Duration.ofMinutes(1)));
      assertNull(ingestion.failure());
      assertEquals(0, ingestion.changes());
    }
  }
}
