package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.PostSource;
import dev.phoenix.corpus.SourcePosition;
import dev.phoenix.lifecycle.Closer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Changes of posts from all partitions of a topic. A record's key is the post's id in decimal
 * digits; its value is {@code {"author_id": "7", "topic": "sports", "attributes": "3"}}, topic and
 * attributes optional, or null, which removes the post. So a compacted topic holds a whole corpus.
 *
 * <p>The corpus keeps the offsets and there is no consumer group, so any number of servers read the
 * whole topic each, and a corpus that lost its files reads it again. A partition whose offset the
 * topic no longer has is read on from its earliest record. Records that cannot be decoded are
 * skipped, counted and logged. Partitions that are added are read from their first record.
 */
public final class KafkaPostSource implements PostSource {
  private static final System.Logger LOG = System.getLogger(KafkaPostSource.class.getName());

  private static final Duration ANSWERED = Duration.ofSeconds(10);
  private static final Duration CLOSED = Duration.ofSeconds(2);

  /** How often the topic is looked up, for its id and its partitions. */
  private static final Duration LOOKUPS = Duration.ofSeconds(5);

  private final String topic;
  private final Consumer<byte[], byte[]> consumer;
  private final TopicLookup lookup;
  private final TopicLookup.Topic found;
  private final Map<TopicPartition, Reading> partitions = new HashMap<>();
  private @Nullable CompletableFuture<TopicLookup.Topic> asked;
  private long lastLookup = System.nanoTime();
  private long lastRecord = System.nanoTime();
  private final Gaps gaps;
  private volatile Progress progress;

  /** How far a partition has been read. */
  private static final class Reading {
    final long endAtStart;
    long next;

    Reading(long next, long endAtStart) {
      this.next = next;
      this.endAtStart = endAtStart;
    }
  }

  private KafkaPostSource(
      String topic,
      Consumer<byte[], byte[]> consumer,
      TopicLookup lookup,
      TopicLookup.Topic found) {
    this.topic = topic;
    this.consumer = consumer;
    this.lookup = lookup;
    this.found = found;
    this.gaps = new Gaps(topic);
    this.progress = new Progress(List.of(), 0, 0, false, lastRecord);
  }

  /**
   * Opens a topic.
   *
   * @param settings the settings of the consumer: {@code bootstrap.servers} and others. The
   *     isolation level is {@code read_committed} unless they say otherwise; {@code group.id} has
   *     no effect
   * @throws KafkaException if the settings are wrong, there is no such topic, or no broker answers
   *     within seconds
   */
  public static KafkaPostSource open(String topic, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.remove(ConsumerConfig.GROUP_ID_CONFIG);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return Closer.open(
        opened -> {
          TopicLookup lookup = opened.own(TopicLookup.ofBrokers(topic, all));
          TopicLookup.Topic found = TopicLookup.await(topic, lookup.topic(), ANSWERED);
          KafkaConsumer<byte[], byte[]> consumer =
              new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
          return new KafkaPostSource(topic, consumer, lookup, found);
        });
  }

  /** Creates a source of what {@code consumer}, which has no assignment, knows of a topic. */
  public static KafkaPostSource of(String topic, Consumer<byte[], byte[]> consumer) {
    TopicLookup lookup = TopicLookup.of(topic, consumer);
    return new KafkaPostSource(topic, consumer, lookup, lookup.topic().join());
  }

  @Override
  public void begin(List<SourcePosition> positions) {
    add(0, found.partitions(), positions);
    progress = progressNow();
  }

  /** Assigns partitions from number {@code from} on, and goes to where each is read on. */
  private void add(int from, int to, List<SourcePosition> positions) {
    List<TopicPartition> added = new ArrayList<>();
    for (int partition = from; partition < to; partition++) {
      added.add(new TopicPartition(topic, partition));
    }
    List<TopicPartition> all = new ArrayList<>(partitions.keySet());
    all.addAll(added);
    consumer.assign(all);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(added, ANSWERED);
    Map<TopicPartition, Long> ends = consumer.endOffsets(added, ANSWERED);
    for (TopicPartition partition : added) {
      SourcePosition kept = kept(partition.partition(), positions);
      long begin = begins.getOrDefault(partition, 0L);
      partitions.put(partition, new Reading(begin, ends.getOrDefault(partition, 0L)));
      if (kept == null || !kept.source().equals(found.source())) {
        consumer.seek(partition, begin);
        if (kept != null) {
          gaps.reset(kept, begin, "the topic was deleted and created again");
        }
      } else {
        // Also where the offset is gone: the broker refuses it then, see poll.
        seek(partition, kept);
      }
    }
  }

  private void seek(TopicPartition partition, SourcePosition kept) {
    reading(partition).next = kept.offset();
    consumer.seek(partition, Offsets.of(kept));
  }

  /** The kept position of a partition, of this topic or of one that had its name before. */
  private @Nullable SourcePosition kept(int partition, List<SourcePosition> positions) {
    SourcePosition found = null;
    for (SourcePosition position : positions) {
      boolean isThis = position.source().equals(this.found.source());
      boolean isNamesake = Offsets.topic(position).equals(topic);
      if (position.partition() == partition && (isThis || (isNamesake && found == null))) {
        found = position;
      }
    }
    return found;
  }

  private Reading reading(TopicPartition partition) {
    Reading reading = partitions.get(partition);
    if (reading == null) {
      throw new IllegalStateException("expected a partition that is assigned, found " + partition);
    }
    return reading;
  }

  @Override
  public Batch poll(Duration patience) {
    lookUp();
    Batch batch = fetch(patience);
    progress = progressNow();
    return batch;
  }

  private Batch fetch(Duration patience) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(patience);
    } catch (InvalidOffsetException gone) {
      gone.partitions().forEach(this::reset);
      return Batch.EMPTY;
    } catch (KafkaException failed) {
      TopicPartition unreadable = Offsets.unreadable(failed, partitions.keySet());
      if (unreadable == null) {
        throw failed;
      }
      return skip(unreadable, failed);
    }
    List<Entry> entries = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> read : records) {
      decode(read, entries);
    }
    List<SourcePosition> reached = new ArrayList<>();
    records
        .nextOffsets()
        .forEach(
            (partition, next) -> {
              reading(partition).next = next.offset();
              reached.add(Offsets.position(found.source(), partition.partition(), next));
            });
    return new Batch(entries, reached);
  }

  private void decode(ConsumerRecord<byte[], byte[]> read, List<Entry> to) {
    lastRecord = System.nanoTime();
    SourcePosition at = new SourcePosition(found.source(), read.partition(), read.offset(), -1);
    try {
      to.add(new Entry(RecordDecoder.decode(read.key(), read.value()), at));
    } catch (IllegalArgumentException wrong) {
      gaps.skip(read.partition(), read.offset(), wrong);
    }
  }

  /** Passes over bytes that are no record. */
  private Batch skip(TopicPartition partition, KafkaException failed) {
    Reading reading = reading(partition);
    gaps.skip(partition.partition(), reading.next, failed);
    SourcePosition next =
        new SourcePosition(found.source(), partition.partition(), reading.next + 1, -1);
    seek(partition, next);
    return new Batch(List.of(), List.of(next));
  }

  /** Goes on with the earliest record of a partition that no longer has the next one. */
  private void reset(TopicPartition partition) {
    long gone = reading(partition).next;
    long begin =
        consumer.beginningOffsets(List.of(partition), ANSWERED).getOrDefault(partition, 0L);
    reading(partition).next = begin;
    consumer.seek(partition, begin);
    SourcePosition at = new SourcePosition(found.source(), partition.partition(), gone, -1);
    gaps.reset(at, begin, "it was deleted, by retention or with a broker that failed");
  }

  /** Asks now and then whether the topic has more partitions, or is another one. */
  private void lookUp() {
    CompletableFuture<TopicLookup.Topic> answer = asked;
    if (answer == null) {
      if (System.nanoTime() - lastLookup >= LOOKUPS.toNanos()) {
        asked = lookup.topic();
      }
      return;
    }
    if (!answer.isDone()) {
      return;
    }
    asked = null;
    lastLookup = System.nanoTime();
    TopicLookup.Topic now;
    try {
      now = answer.join();
    } catch (CompletionException failed) {
      KafkaException failure = TopicLookup.failure(topic, failed);
      if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
        throw failure;
      }
      LOG.log(Level.WARNING, "{0}; it is read on", failure.getMessage());
      return;
    }
    if (!now.source().equals(found.source())) {
      throw new KafkaException("the topic " + topic + " was deleted and created again");
    }
    if (now.partitions() > partitions.size()) {
      LOG.log(Level.INFO, "topic {0} has {1} partitions now", topic, now.partitions());
      add(partitions.size(), now.partitions(), List.of());
    }
  }

  private Progress progressNow() {
    List<PartitionProgress> all = new ArrayList<>();
    boolean reached = true;
    for (Map.Entry<TopicPartition, Reading> each : partitions.entrySet()) {
      Reading reading = each.getValue();
      long lag = consumer.currentLag(each.getKey()).orElse(-1);
      // A position behind the end may be of a topic that lost records, which a fetch tells.
      boolean isChecked = reading.next == reading.endAtStart || lag >= 0;
      reached &= reading.next >= reading.endAtStart && isChecked;
      all.add(new PartitionProgress(each.getKey().partition(), reading.next, lag));
    }
    return new Progress(all, gaps.skipped(), gaps.resets(), reached, lastRecord);
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void close() {
    Collection<AutoCloseable> parts =
        List.of(() -> consumer.close(CloseOptions.timeout(CLOSED)), lookup);
    Closer.closeAll(parts);
  }
}
