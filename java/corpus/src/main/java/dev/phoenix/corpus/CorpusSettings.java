package dev.phoenix.corpus;

/**
 * How a live corpus is kept.
 *
 * @param durability where a change has to be before it is acknowledged
 * @param tailRows posts that a segment of added posts has room for
 * @param compactRows added, replaced and removed posts after which a new base is written
 * @param queuedChanges changes that may wait to be written; more are refused
 */
public record CorpusSettings(
    Durability durability, int tailRows, int compactRows, int queuedChanges) {
  public CorpusSettings {
    if (tailRows < 1 || compactRows < 1 || queuedChanges < 1) {
      throw new IllegalArgumentException(
          "expected rows and changes of at least 1, found %d, %d, %d"
              .formatted(tailRows, compactRows, queuedChanges));
    }
  }

  /** On disk, segments of 8,192 posts, a new base after 65,536 changes, 65,536 in the queue. */
  public static CorpusSettings defaults() {
    return new CorpusSettings(Durability.DISK, 8192, 65_536, 65_536);
  }
}
