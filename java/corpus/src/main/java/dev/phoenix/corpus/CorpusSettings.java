package dev.phoenix.corpus;

/**
 * The storage settings of a live corpus.
 *
 * @param durability the guarantee for a change when it is acknowledged
 * @param tailRows capacity of a segment of added posts
 * @param compactRows number of added, replaced and removed posts after which a new base is written
 * @param queuedChanges the most changes that may wait to be written; more are refused
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

  /**
   * {@link Durability#DISK}, segments of 8,192 posts, a new base after 65,536 changes, at most
   * 65,536 queued changes.
   */
  public static CorpusSettings defaults() {
    return new CorpusSettings(Durability.DISK, 8192, 65_536, 65_536);
  }
}
