package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Checks that a large float32 array has no NaN or infinite value. It reads the mapped bytes block
 * by block on all cores, without copying the array, so that it is as fast as reading the file.
 */
final class FiniteRows {
  /** Values per block: 64 KiB. */
  private static final int BLOCK = 1 << 14;

  private static final int MAGNITUDE = 0x7fffffff;

  /** Added to a magnitude, it carries into the sign bit exactly if all exponent bits are set. */
  private static final int ONE_EXPONENT = 0x00800000;

  private FiniteRows() {}

  /**
   * Checks float32 {@code array} [rows, columns] in C order.
   *
   * @throws CheckpointException naming file, entry, row and column of the first NaN or infinite
   *     value
   */
  static void require(NpyArray array, int columns) {
    MemorySegment data = array.data();
    long values = data.byteSize() / Float.BYTES;
    long blocks = Math.ceilDiv(values, BLOCK);
    OptionalLong bad =
        LongStream.range(0, blocks).parallel().filter(b -> !isFinite(data, b, values)).findFirst();
    if (bad.isPresent()) {
      long index = bad.getAsLong() * BLOCK;
      while (Float.isFinite(data.get(ByteCursor.F32, index * Float.BYTES))) {
        index++;
      }
      throw array
          .place()
          .refuse(
              "finite values",
              data.get(ByteCursor.F32, index * Float.BYTES)
                  + " in row "
                  + index / columns
                  + ", column "
                  + index % columns);
    }
  }

  private static boolean isFinite(MemorySegment data, long block, long values) {
    int count = (int) Math.min(BLOCK, values - block * BLOCK);
    int[] bits = new int[count];
    MemorySegment.copy(data, ByteCursor.U32, block * BLOCK * Float.BYTES, bits, 0, count);
    int seen = 0;
    for (int value : bits) {
      seen |= (value & MAGNITUDE) + ONE_EXPONENT;
    }
    return seen >= 0;
  }
}
