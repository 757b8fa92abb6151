package dev.phoenix.training;

import java.util.Arrays;

/**
 * The distinct posts of a batch; posts with the same table rows are equal. Reused from batch to
 * batch.
 */
final class PostIndex {
  private final int hashes;
  private int[] buckets = new int[64];
  private int[] rows = new int[0];
  private int count;

  PostIndex(int hashes) {
    this.hashes = hashes;
  }

  /** Removes every post and reserves memory for {@code capacity} posts. */
  void clear(int capacity) {
    int size = Integer.highestOneBit(Math.max(32, capacity)) * 4;
    if (buckets.length < size) {
      buckets = new int[size];
    }
    Arrays.fill(buckets, -1);
    if (rows.length < capacity * hashes) {
      rows = new int[(capacity + capacity / 4) * hashes];
    }
    count = 0;
  }

  /**
   * The number of the {@code i}-th post of {@code posts}; the next free number if the post is new.
   */
  int add(PostRows posts, int i) {
    int at = i * hashes;
    int mask = buckets.length - 1;
    int bucket = hash(posts.rows(), at) & mask;
    while (buckets[bucket] >= 0) {
      int known = buckets[bucket] * hashes;
      if (Arrays.equals(posts.rows(), at, at + hashes, rows, known, known + hashes)) {
        return buckets[bucket];
      }
      bucket = (bucket + 1) & mask;
    }
    buckets[bucket] = count;
    System.arraycopy(posts.rows(), at, rows, count * hashes, hashes);
    return count++;
  }

  private int hash(int[] values, int at) {
    int hash = 1;
    for (int i = at; i < at + hashes; i++) {
      hash = hash * 0x9E3779B1 + values[i];
    }
    return hash ^ (hash >>> 15);
  }

  int count() {
    return count;
  }

  /** The distinct posts by number. */
  PostRows posts() {
    return new PostRows(count, Arrays.copyOf(rows, count * hashes));
  }
}
