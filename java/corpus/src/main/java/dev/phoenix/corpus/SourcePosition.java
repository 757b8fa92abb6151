package dev.phoenix.corpus;

/**
 * A record of a partitioned source. A corpus keeps, beside its posts, the position of the next
 * record to read of each partition, so that posts and positions are never of different times.
 *
 * @param source identifies the source, for example a topic by its name and id; at most 1,024
 *     characters. Another source has another name, and its positions mean nothing here
 * @param partition number of the partition
 * @param offset offset of the record
 * @param epoch epoch of the partition's leader that wrote the record before; -1 where unknown
 */
public record SourcePosition(String source, int partition, long offset, int epoch) {
  static final int MAX_CHARACTERS = 1024;
  private static final long FORGOTTEN = -1;

  public SourcePosition {
    if (source.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "expected a source's name of at most %d characters, found %d"
              .formatted(MAX_CHARACTERS, source.length()));
    }
    if (partition < 0 || offset < FORGOTTEN) {
      throw new IllegalArgumentException(
          "expected a partition and an offset of at least 0, found %d and %d"
              .formatted(partition, offset));
    }
  }

  /** A partition of a source. */
  record Partition(String source, int number) {}

  Partition ofPartition() {
    return new Partition(source, partition);
  }

  /** The entry that makes a corpus forget its position in this partition. */
  SourcePosition forgotten() {
    return new SourcePosition(source, partition, FORGOTTEN, -1);
  }

  boolean isForgotten() {
    return offset == FORGOTTEN;
  }

  /** The position as messages name it. */
  @Override
  public String toString() {
    return "%s, partition %d, offset %d".formatted(source, partition, offset);
  }
}
