package dev.phoenix.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A table of float32 rows in host memory, such as mapped files: rows of zeros followed by the rows
 * of several parts. Any number of threads may read it while the parts are open.
 */
public final class HostRows {
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int zeros;
  private final int columns;
  private final MemorySegment[] parts;
  private final long[] begins;

  private HostRows(int zeros, int columns, MemorySegment[] parts, long[] begins) {
    this.zeros = zeros;
    this.columns = columns;
    this.parts = parts;
    this.begins = begins;
  }

  /**
   * Creates a table.
   *
   * @param zeros the number of rows of zeros at the beginning
   * @param columns floats in a row
   * @param parts little-endian float32 [n, columns] each, aligned or not
   * @throws IllegalArgumentException if a part is not a whole number of rows
   */
  public static HostRows of(int zeros, int columns, List<MemorySegment> parts) {
    if (zeros < 0 || columns < 1) {
      throw new IllegalArgumentException(
          "a table has at least 0 rows of zeros and 1 column, found %d and %d"
              .formatted(zeros, columns));
    }
    long[] begins = new long[parts.size() + 1];
    begins[0] = zeros;
    for (int i = 0; i < parts.size(); i++) {
      long rowBytes = (long) columns * Float.BYTES;
      long bytes = parts.get(i).byteSize();
      if (bytes % rowBytes != 0) {
        throw new IllegalArgumentException(
            "part %d: expected rows of %d bytes, found %d bytes".formatted(i, rowBytes, bytes));
      }
      begins[i + 1] = begins[i] + bytes / rowBytes;
    }
    return new HostRows(zeros, columns, parts.toArray(MemorySegment[]::new), begins);
  }

  /** The number of rows of zeros at the beginning. */
  public int zeros() {
    return zeros;
  }

  /** Floats in a row. */
  public int columns() {
    return columns;
  }

  /** The number of rows, rows of zeros included. */
  public long rows() {
    return begins[parts.length];
  }

  /** The parts, in their order. */
  public List<MemorySegment> parts() {
    return List.of(parts);
  }

  /**
   * Checks a row number.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void requireRow(long row) {
    if (row < 0 || row >= rows()) {
      throw new IndexOutOfBoundsException(
          "expected a row from 0 to %d, found %d".formatted(rows() - 1, row));
    }
  }

  /**
   * Copies one row to {@code to[at..]}. Allocates nothing.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void copyRow(long row, float[] to, int at) {
    requireRow(row);
    if (row < zeros) {
      Arrays.fill(to, at, at + columns, 0f);
      return;
    }
    int part = 0;
    while (row >= begins[part + 1]) {
      part++;
    }
    long offset = (row - begins[part]) * columns * Float.BYTES;
    MemorySegment.copy(parts[part], FLOATS, offset, to, at, columns);
  }

  @Override
  public String toString() {
    return "a table [" + rows() + ", " + columns + "]";
  }
}
