package dev.phoenix.serving.server;

import dev.phoenix.corpus.Ingestion;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.serving.EngineMetrics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a feed has done as metrics, over all openings of its source. One thread writes, any reads.
 */
final class FeedFigures {
  private static final double NANOS_PER_SECOND = 1e9;

  private final EngineMetrics metrics;
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong resets = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong lastRecordNanos = new AtomicLong(System.nanoTime());
  private final Map<Integer, Partition> partitions = new HashMap<>();
  private long changesBefore;
  private long malformedBefore;
  private long resetsBefore;

  /** The figures of a partition. */
  private static final class Partition {
    volatile long next;
    volatile long lag = -1;
  }

  /** Registers the figures. */
  FeedFigures(EngineMetrics metrics) {
    this.metrics = metrics;
    metrics.watchTotal(
        "phoenix_ingestion_changes", "Records of the topic that were applied", changes::get);
    metrics.watchTotal(
        "phoenix_ingestion_malformed",
        "Records of the topic that could not be read and were skipped",
        malformed::get);
    metrics.watchTotal(
        "phoenix_ingestion_failures",
        "Failures to read the topic, after each of which it is tried again",
        failures::get);
    metrics.watchTotal(
        "phoenix_ingestion_resets",
        "Partitions that were begun anew because their offset was gone",
        resets::get);
    metrics.watch(
        "phoenix_ingestion_last_record_age_seconds",
        "Time since the last record",
        () -> (System.nanoTime() - lastRecordNanos.get()) / NANOS_PER_SECOND);
  }

  /** The changes of all openings. */
  long changes() {
    return changes.get();
  }

  void failed() {
    failures.incrementAndGet();
  }

  /** The source is opened: its own counts begin at 0. */
  void opened() {
    changesBefore = changes.get();
    malformedBefore = malformed.get();
    resetsBefore = resets.get();
  }

  /** Takes over what an ingestion has done since the source was opened. */
  void count(Ingestion ingestion) {
    changes.set(changesBefore + ingestion.changes());
    PostSource.@Nullable Progress progress = ingestion.progress();
    if (progress == null) {
      return;
    }
    malformed.set(malformedBefore + progress.malformed() + ingestion.refused());
    resets.set(resetsBefore + progress.resets());
    lastRecordNanos.set(progress.lastRecordNanos());
    for (PostSource.PartitionProgress now : progress.partitions()) {
      Partition partition = partitions.computeIfAbsent(now.partition(), this::register);
      partition.next = now.next();
      partition.lag = now.lag();
    }
  }

  private Partition register(int number) {
    Partition partition = new Partition();
    Map<String, String> labels = Map.of("partition", Integer.toString(number));
    metrics.watch(
        "phoenix_ingestion_position", "Offset of the next record", labels, () -> partition.next);
    metrics.watch(
        "phoenix_ingestion_lag", "Records behind the partition's end", labels, () -> partition.lag);
    return partition;
  }
}
