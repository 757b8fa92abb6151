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
    if (mask != -1) {
      throw fault(
          warp,
          Integer.numberOfTrailingZeros(mask),
          EmulatorFault.Kind.DIVERGENT_WARP,
          "lanes " + Warp.lanes(~mask) + " do not take part");
    }
    int rows = targets.length * 8;
    int givers = rows == Warp.LANES ? -1 : (1 << rows) - 1;
    long[] addresses = resolve(warp, givers, ROW_BYTES, Access.READ);
    for (int matrix = 0; matrix < targets.length; matrix++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        warp.words[targets[matrix] + lane] =
            transposed
                ? column(addresses, matrix * 8, lane)
                : NativeMemory.getInt(addresses[matrix * 8 + lane / 4] + lane % 4 * 4L);
      }
    }
  }

  private static int column(long[] addresses, int firstRow, int lane) {
    int row = firstRow + 2 * (lane % 4);
    long offset = 2L * (lane / 4);
    int low = NativeMemory.getShort(addresses[row] + offset) & 0xffff;
    return (NativeMemory.getShort(addresses[row + 1] + offset) << 16) | low;
  }
}
