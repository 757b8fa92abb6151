package dev.phoenix.corpus;

import dev.phoenix.checkpoint.Corpus;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The posts of a memory-mapped corpus file. */
final class BaseSegment extends Segment {
  private final Corpus corpus;
  private final int capacity;

  /** Takes ownership of {@code corpus}. */
  BaseSegment(Corpus corpus) {
    this.corpus = corpus;
    this.capacity = Math.toIntExact(corpus.size());
  }

  /** D. */
  int dimension() {
    return corpus.dimension();
  }

  @Override
  int capacity() {
    return capacity;
  }

  @Override
  MemorySegment vectors() {
    return corpus.representations();
  }

  @Override
  long postId(int row) {
    return corpus.postId(row);
  }

  @Override
  long authorId(int row) {
    return corpus.authorId(row);
  }

  @Override
  String topic(int row) {
    @Nullable String topic = corpus.topic(row);
    return topic == null ? "" : topic;
  }

  @Override
  long attributes(int row) {
    return corpus.attributes(row);
  }

  @Override
  long created(int row) {
    return corpus.created(row);
  }

  @Override
  void free() {
    corpus.close();
  }
}
