package dev.phoenix.dataset;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Numbers ids as they come, and afterwards anew in ascending order. */
final class IdIndex {
  private final Map<Long, Integer> numbers = new HashMap<>();

  /** The number of {@code id}, given now if it has none. */
  int add(long id) {
    return numbers.computeIfAbsent(id, unseen -> numbers.size());
  }

  /** The number of {@code id}; -1 if it has none. */
  int get(long id) {
    return numbers.getOrDefault(id, -1);
  }

  int size() {
    return numbers.size();
  }

  /** All ids, ascending as unsigned numbers. */
  long[] ascending() {
    return numbers.keySet().stream()
        .sorted(Long::compareUnsigned)
        .mapToLong(Long::longValue)
        .toArray();
  }

  /** From a number given by {@link #add} to the place in {@link #ascending}. */
  int[] places() {
    long[] sorted = ascending();
    int[] places = new int[sorted.length];
    IntStream.range(0, sorted.length).forEach(i -> places[get(sorted[i])] = i);
    return places;
  }
}
