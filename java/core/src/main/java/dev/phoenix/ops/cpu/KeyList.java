package dev.phoenix.ops.cpu;

import java.util.Arrays;

/** A growable list of longs that keeps its memory when cleared. */
final class KeyList {
  private long[] keys = new long[1024];
  private int size;

  void clear() {
    size = 0;
  }

  void add(long key) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
    }
    keys[size++] = key;
  }

  int size() {
    return size;
  }

  long get(int i) {
    return keys[i];
  }
}
