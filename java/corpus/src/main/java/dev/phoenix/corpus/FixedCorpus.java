package dev.phoenix.corpus;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.lifecycle.Closer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A corpus file that never changes. */
public final class FixedCorpus implements SearchableCorpus {
  private final String name;
  private final SegmentSet set;
  private final AtomicBoolean closed = new AtomicBoolean();

  private FixedCorpus(String name, Corpus corpus) {
    this.name = name;
    BaseSegment segment = new BaseSegment(corpus);
    int rows = segment.capacity();
    long[] live = new long[Math.ceilDiv(rows, Long.SIZE)];
    for (int row = 0; row < rows; row++) {
      live[row / Long.SIZE] |= 1L << row;
    }
    this.set = new SegmentSet(1, List.of(new SegmentSet.Part(segment, rows, live, rows)));
    segment.release();
  }

  /**
   * Maps a corpus file.
   *
   * @param dimension the expected number of floats in a vector
   * @throws IllegalArgumentException if the vectors have another number
   */
  public static FixedCorpus open(String name, Path file, int dimension) {
    return Closer.open(opened -> of(name, opened.own(Corpus.open(file)), dimension));
  }

  private static FixedCorpus of(String name, Corpus corpus, int dimension) {
    if (corpus.size() > 0 && corpus.dimension() != dimension) {
      throw new IllegalArgumentException(
          "the corpus has vectors of %d, the retrieval model of %d"
              .formatted(corpus.dimension(), dimension));
    }
    return new FixedCorpus(name, corpus);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Snapshot snapshot() {
    if (!set.tryRetain()) {
      throw new IllegalStateException("the corpus " + name + " is closed");
    }
    return Snapshot.of(List.of(set));
  }

  @Override
  public CorpusStatistics statistics() {
    return new CorpusStatistics(1, set.liveRows(), 1, 0, 0, 0, 0, 0, 0, 0, null);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      set.release();
    }
  }
}
