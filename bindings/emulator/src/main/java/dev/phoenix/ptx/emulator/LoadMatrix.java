package dev.phoenix.ptx.emulator;

/**
 * ldmatrix: up to four 8 x 8 matrices of 16-bit elements. Lanes 8i to 8i+7 give the addresses of
 * matrix i's rows, 16 bytes each; lane l receives elements (l/4, 2(l%4)) and (l/4, 2(l%4)+1), or
 * with {@code .trans} those of the transpose.
 */
final class LoadMatrix extends MemoryOperation {
  private static final int ROW_BYTES = 16;

  private final int[] targets;
  private final boolean transposed;

  LoadMatrix(Space space, AddressOperand address, int[] targets, boolean transposed) {
    super(space, address);
    this.targets = targets;
    this.transposed = transposed;
    costing(InstructionClass.SHARED);
  }

  @Override
  void execute(Warp warp, int mask) {
    MatrixMultiply.requireAll(this, warp, mask);
    int rows = targets.length * 8;
    int givers = rows == Warp.LANES ? -1 : (1 << rows) - 1;
    long[] addresses = resolve(warp, givers, ROW_BYTES, Access.READ);
    for (int matrix = 0; matrix < targets.length; matrix++) {
      if (transposed) {
        spreadColumns(addresses, matrix * 8, warp.words, targets[matrix]);
      } else {
        spreadRows(addresses, matrix * 8, warp.words, targets[matrix]);
      }
    }
  }

  /** Lanes 4i to 4i + 3 receive row i, in order. */
  private static void spreadRows(long[] addresses, int first, int[] words, int to) {
    for (int row = 0; row < 8; row++) {
      long from = addresses[first + row];
      int at = to + 4 * row;
      words[at] = NativeMemory.getInt(from);
      words[at + 1] = NativeMemory.getInt(from + 4);
      words[at + 2] = NativeMemory.getInt(from + 8);
      words[at + 3] = NativeMemory.getInt(from + 12);
    }
  }

  /** Lane 4g + t receives elements g of rows 2t and 2t + 1. */
  private static void spreadColumns(long[] addresses, int first, int[] words, int to) {
    for (int t = 0; t < 4; t++) {
      long even = addresses[first + 2 * t];
      long odd = addresses[first + 2 * t + 1];
      for (int pair = 0; pair < 4; pair++) {
        int low = NativeMemory.getInt(even + 4L * pair);
        int high = NativeMemory.getInt(odd + 4L * pair);
        int at = to + 8 * pair + t;
        words[at] = high << 16 | (low & 0xffff);
        words[at + 4] = (high & 0xffff0000) | low >>> 16;
      }
    }
  }
}
