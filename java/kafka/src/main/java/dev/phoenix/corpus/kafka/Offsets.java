package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.SourcePosition;
import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/** Offsets of a topic as positions of a source, and the other way. */
final class Offsets {
  private Offsets() {}

  static SourcePosition position(String source, int partition, OffsetAndMetadata next) {
    return new SourcePosition(source, partition, next.offset(), next.leaderEpoch().orElse(-1));
  }

  static OffsetAndMetadata of(SourcePosition position) {
    Optional<Integer> epoch =
        position.epoch() < 0 ? Optional.empty() : Optional.of(position.epoch());
    return new OffsetAndMetadata(position.offset(), epoch, "");
  }

  /** The name of the topic that a position is of. */
  static String topic(SourcePosition position) {
    int end = position.source().indexOf('#');
    return end < 0 ? position.source() : position.source().substring(0, end);
  }

  /**
   * The partition whose next bytes are no record, by the failure of a poll; null if that is not why
   * it failed. The consumer names it only in the message.
   */
  static @Nullable TopicPartition unreadable(
      KafkaException failed, Collection<TopicPartition> partitions) {
    if (failed instanceof RecordDeserializationException wrong) {
      return wrong.topicPartition();
    }
    String message = String.valueOf(failed.getMessage());
    boolean isCorrupt =
        failed instanceof CorruptRecordException
            || failed.getCause() instanceof CorruptRecordException
            || message.startsWith("Received exception when fetching the next record from ")
            || message.startsWith("Record batch for partition ");
    if (isCorrupt) {
      for (TopicPartition partition : partitions) {
        if (message.matches("(?s).*[ ]\\Q" + partition + "\\E[ .,].*")) {
          return partition;
        }
      }
    }
    return null;
  }
}
