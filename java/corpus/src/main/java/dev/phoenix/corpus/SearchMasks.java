package dev.phoenix.corpus;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the masks of searches: a row may be retrieved if it is live and its attributes pass the
 * filter. The rows of a base never change, so the rows that pass there are cached for a few
 * filters. Not thread-safe.
 */
final class SearchMasks {
  private static final int MAX_REMEMBERED = 32;

  private record Key(Segment segment, Filter filter) {}

  private final Map<Key, long[]> passing =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, long[]> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** A mask over the capacity of a part's segment; null if every row may be retrieved. */
  @SuppressWarnings("NullAway") // a nullable array, as TopKQuery takes it
  long @Nullable [] of(SegmentSet.Part part, Filter filter) {
    if (filter.equals(Filter.EVERY)) {
      return part.liveRows() == part.segment().capacity() ? null : part.live();
    }
    long[] mask = passing(part, filter).clone();
    for (int word = 0; word < mask.length; word++) {
      mask[word] &= part.live()[word];
    }
    return mask;
  }

  private long[] passing(SegmentSet.Part part, Filter filter) {
    if (part.segment() instanceof BaseSegment) {
      return passing.computeIfAbsent(new Key(part.segment(), filter), key -> compute(part, filter));
    }
    return compute(part, filter);
  }

  private static long[] compute(SegmentSet.Part part, Filter filter) {
    long[] mask = new long[part.live().length];
    for (int row = 0; row < part.rows(); row++) {
      if (filter.passes(part.segment().attributes(row))) {
        mask[row / Long.SIZE] |= 1L << row;
      }
    }
    return mask;
  }

  /** Removes the entries of freed segments. */
  void forgetFreed() {
    passing.keySet().removeIf(key -> key.segment().isFree());
  }
}
