package dev.phoenix.corpus;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Posts added while serving. One thread appends. Other threads may read rows whose numbers they got
 * from a snapshot published after the row was written.
 */
final class TailSegment extends Segment {
  private static final ValueLayout.OfFloat LITTLE_ENDIAN =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long ALIGNMENT = 64;

  private final int capacity;
  private final int dimension;
  private final Arena arena;
  private final MemorySegment vectors;
  private final long[] postIds;
  private final long[] authorIds;
  private final long[] attributes;
  private final long[] created;
  private final String[] topics;

  TailSegment(int capacity, int dimension) {
    this.capacity = capacity;
    this.dimension = dimension;
    this.postIds = new long[capacity];
    this.authorIds = new long[capacity];
    this.attributes = new long[capacity];
    this.created = new long[capacity];
    this.topics = new String[capacity];
    // Last, so that no native memory is left behind where the heap has no room for the arrays.
    this.arena = Arena.ofShared();
    this.vectors = arena.allocate((long) capacity * dimension * Float.BYTES, ALIGNMENT);
  }

  /** Writes a post and its vector to a row that no snapshot contains yet. */
  void write(int row, Change.Put put) {
    Post post = put.post();
    postIds[row] = post.id();
    authorIds[row] = post.authorId();
    attributes[row] = post.attributes();
    created[row] = post.created();
    topics[row] = post.topic();
    long to = (long) row * dimension * Float.BYTES;
    MemorySegment.copy(put.vectors(), put.at(), vectors, LITTLE_ENDIAN, to, dimension);
  }

  @Override
  int capacity() {
    return capacity;
  }

  @Override
  MemorySegment vectors() {
    return vectors;
  }

  @Override
  long postId(int row) {
    return postIds[row];
  }

  @Override
  long authorId(int row) {
    return authorIds[row];
  }

  @Override
  String topic(int row) {
    return topics[row];
  }

  @Override
  long attributes(int row) {
    return attributes[row];
  }

  @Override
  long created(int row) {
    return created[row];
  }

  @Override
  void free() {
    arena.close();
  }
}
