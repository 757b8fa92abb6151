package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.SourcePosition;
import java.lang.System.Logger.Level;

/** What reading a topic passed over: counts it and says where it was. */
final class Gaps {
  private static final System.Logger LOG = System.getLogger(Gaps.class.getName());

  private final String topic;
  private long skipped;
  private long resets;

  Gaps(String topic) {
    this.topic = topic;
  }

  /** A record could not be decoded. */
  void skip(int partition, long offset, Exception wrong) {
    skipped++;
    LOG.log(
        Level.WARNING,
        "skipped topic {0}, partition {1}, offset {2}, which is no change of a post: {3}",
        topic,
        partition,
        Long.toString(offset),
        wrong.getMessage());
  }

  /** The record {@code gone} comes no more, so reading goes on with the offset {@code begin}. */
  void reset(SourcePosition gone, long begin, String reason) {
    resets++;
    LOG.log(
        Level.WARNING,
        "topic {0}, partition {1} has no offset {2} to go on with: {3}. Reading goes on with the"
            + " earliest record, offset {4}; changes may have been missed",
        topic,
        gone.partition(),
        Long.toString(gone.offset()),
        reason,
        Long.toString(begin));
  }

  long skipped() {
    return skipped;
  }

  long resets() {
    return resets;
  }
}
