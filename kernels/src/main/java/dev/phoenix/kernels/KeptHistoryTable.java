package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The descriptors of the histories that one launch of {@link GatherKeyValuesKernel} copies. The
 * table is written to memory that is then copied to the device.
 */
public final class KeptHistoryTable {
  private static final int ENTRY_BYTES = 32;

  private final AttentionHeads heads;
  private final List<Entry> entries;

  /**
   * A table of {@code entries}.
   *
   * @param heads the geometry of all of them
   * @throws IllegalArgumentException when rows are outside of their cache
   */
  public KeptHistoryTable(AttentionHeads heads, List<Entry> entries) {
    this.heads = heads;
    this.entries = List.copyOf(entries);
    for (Entry entry : entries) {
      require("to", entry.to(), entry.count());
      require("from", entry.from(), entry.count());
    }
  }

  /**
   * Checks that rows are within the cache. Formats a message only on failure: there may be
   * thousands of entries.
   */
  private void require(String what, Place place, int count) {
    if (count < 0 || place.first() < 0 || place.first() > place.rows() - count) {
      throw new IllegalArgumentException(
          "%s: expected rows within 0 to %d, found %d to %d"
              .formatted(what, place.rows(), place.first(), place.first() + count));
    }
    long elements = heads.keptElements(place.rows());
    if (place.kept().byteSize() < elements * ElementType.BF16.byteSize()) {
      Check.holds(what, place.kept(), ElementType.BF16, elements);
    }
  }

  /**
   * Location of a history in the key/value cache of one layer.
   *
   * @param kept [2, G, rows, K] bfloat16: keys, then values, the rows of one head contiguous
   * @param rows rows of every head of the cache
   * @param first index of the history's first row
   */
  public record Place(DeviceMemory kept, int rows, int first) {}

  /**
   * One history in one layer.
   *
   * @param to destination, which overlaps no other entry's
   * @param from source, in other memory
   * @param count number of its rows
   */
  public record Entry(Place to, Place from, int count) {}

  AttentionHeads heads() {
    return heads;
  }

  /** Number of entries. */
  public int count() {
    return entries.size();
  }

  /** Rows of the longest history. */
  public int longest() {
    return entries.stream().mapToInt(Entry::count).max().orElse(0);
  }

  /** Bytes of a table of {@code count} entries. */
  public static long byteSize(int count) {
    return (long) count * ENTRY_BYTES;
  }

  /** Writes the entries to {@code to} and fills its rest with entries of no rows. */
  public void write(MemorySegment to) {
    long at = 0;
    for (Entry entry : entries) {
      to.set(ValueLayout.JAVA_LONG, at, address(entry.to()));
      to.set(ValueLayout.JAVA_LONG, at + 8, address(entry.from()));
      to.set(ValueLayout.JAVA_INT, at + 16, entry.to().rows());
      to.set(ValueLayout.JAVA_INT, at + 20, entry.from().rows());
      to.set(ValueLayout.JAVA_INT, at + 24, entry.count());
      to.set(ValueLayout.JAVA_INT, at + 28, 0);
      at += ENTRY_BYTES;
    }
    to.asSlice(at).fill((byte) 0);
  }

  /** Whether every row of every head begins at a multiple of 16 bytes. */
  boolean isAligned() {
    return entries.stream().allMatch(e -> Check.aligned(e.to().kept(), e.from().kept()));
  }

  private long address(Place place) {
    return place.kept().address() + place.first() * rowBytes();
  }

  private long rowBytes() {
    return heads.headSize() * (long) ElementType.BF16.byteSize();
  }

  /**
   * The table on the device. Sizes may be rounded up, so that fewer different launches have to be
   * captured.
   *
   * @param memory a copy of the output of {@link #write}
   * @param count number of entries, including those of no rows
   * @param longest {@link KeptHistoryTable#longest} or more
   */
  public record Placed(DeviceMemory memory, int count, int longest) {}
}
