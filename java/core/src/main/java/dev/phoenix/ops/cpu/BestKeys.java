package dev.phoenix.ops.cpu;

import java.util.Arrays;

/** The K largest keys offered, as a binary heap with the smallest of them on top. */
final class BestKeys {
  private long[] heap = new long[0];
  private int limit;
  private int size;

  /** Forgets everything and keeps the {@code k} largest from now on. */
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

  /** The key that an offer must exceed; {@link ScoreKey#NONE} while there is room. */
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

  /** The kept keys in descending order, written to {@code to[at..]}; empties the heap. */
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
