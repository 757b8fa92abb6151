package dev.phoenix.dataset;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Numbers ids in order of arrival, and maps these numbers to the ascending order of ids. */
final class IdIndex {
  private final Map<Long, Integer> numbers = new HashMap<>();

  /** The number of {@code id}, which is assigned if the id is new. */
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

  /** Maps numbers assigned by {@link #add} to indices in {@link #ascending}. */
  int[] places() {
    long[] sorted = ascending();
    int[] places = new int[sorted.length];
    IntStream.range(0, sorted.length).forEach(i -> places[get(sorted[i])] = i);
    return places;
  }
}
