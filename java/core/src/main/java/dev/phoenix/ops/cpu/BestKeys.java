package dev.phoenix.ops.cpu;

import java.util.Arrays;

/** Collects the K largest keys in a binary heap with the smallest of them on top. */
final class BestKeys {
  private long[] heap = new long[0];
  private int limit;
  private int size;

  /** Empties the heap and sets K. */
  void reset(int k) {
    if (heap.length < k) {
      heap = new long[k];
    }
    limit = k;
    size = 0;
  }

  int size() {
    return size;
  }

  long get(int i) {
    return heap[i];
  }

  /** The key that an offered key must exceed; {@link ScoreKey#NONE} while the heap is not full. */
  long threshold() {
    return size < limit || limit == 0 ? ScoreKey.NONE : heap[0];
  }

  void offer(long key) {
    if (size < limit) {
      heap[size] = key;
      siftUp(size++);
    } else if (limit > 0 && key > heap[0]) {
      heap[0] = key;
      siftDown();
    }
  }

  /** Writes the keys in descending order to {@code to[at..]} and empties the heap. */
  void drain(long[] to, int at) {
    Arrays.sort(heap, 0, size);
    for (int i = 0; i < size; i++) {
      to[at + i] = heap[size - 1 - i];
    }
    size = 0;
  }

  private void siftUp(int from) {
    int child = from;
    while (child > 0 && heap[child] < heap[(child - 1) / 2]) {
      swap(child, (child - 1) / 2);
      child = (child - 1) / 2;
    }
  }

  private void siftDown() {
    int parent = 0;
    while (2 * parent + 1 < size) {
      int child = 2 * parent + 1;
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[parent] <= heap[child]) {
        return;
      }
      swap(parent, child);
      parent = child;
    }
  }

  private void swap(int a, int b) {
    long key = heap[a];
    heap[a] = heap[b];
    heap[b] = key;
  }
}
