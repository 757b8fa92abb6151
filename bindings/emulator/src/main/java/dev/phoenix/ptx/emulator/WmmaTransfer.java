package dev.phoenix.ptx.emulator;

/**
 * wmma.load and wmma.store: a matrix between memory and the registers of a warp. All lanes give the
 * same address and stride.
 */
final class WmmaTransfer extends MemoryOperation {
  private static final int MAX_BASE_ALIGNMENT = 32;
  private static final int MAX_LINE_ALIGNMENT = 16;

  /**
   * Memory layout and direction.
   *
   * @param byRows whether rows are contiguous, or columns
   * @param stride register with the elements from one row or column to the next; -1 for no gap
   * @param store whether registers are stored, or loaded
   */
  record Form(boolean byRows, int stride, boolean store) {}

  private final FragmentMap map;
  private final int[] registers;
  private final Form form;

  WmmaTransfer(Space space, AddressOperand address, FragmentMap map, int[] registers, Form form) {
    super(space, address);
    this.map = map;
    this.registers = registers;
    this.form = form;
  }

  @Override
  void execute(Warp warp, int mask) {
    MatrixMultiply.requireAll(this, warp, mask);
    address.evaluate(warp, mask, warp.addresses);
    long base = warp.addresses[0];
    long stride = stride(warp);
    for (int lane = 1; lane < Warp.LANES; lane++) {
      if (warp.addresses[lane] != base) {
        throw fault(
            warp, lane, EmulatorFault.Kind.INVALID_OPERAND, "its address differs from lane 0's");
      }
    }
    checkAlignment(warp, base, stride);
    for (int register = 0; register < registers.length; register++) {
      // Elements smaller than a byte are moved one register at a time: they are contiguous.
      int parts = map.type().bits() < 8 ? 1 : map.type().perRegister();
      for (int part = 0; part < parts; part++) {
        move(warp, base, stride, register, part);
      }
    }
  }

  private long stride(Warp warp) {
    if (form.stride() < 0) {
      return form.byRows() ? map.columns() : map.rows();
    }
    int stride = warp.words[form.stride()];
    for (int lane = 0; lane < Warp.LANES; lane++) {
      if (warp.words[form.stride() + lane] != stride || stride < 0) {
        throw fault(
            warp,
            lane,
            EmulatorFault.Kind.INVALID_OPERAND,
            "stride " + warp.words[form.stride() + lane] + "; lane 0 has " + stride);
      }
    }
    return stride;
  }

  /**
   * Checks alignment. The ISA requires the fragment's size, CUDA C++ 32 bytes and 16 bytes per row;
   * the smaller one is required here.
   */
  private void checkAlignment(Warp warp, long base, long stride) {
    int fragment = registers.length * (map.type().wide() ? Long.BYTES : Integer.BYTES);
    int whole = Math.min(MAX_BASE_ALIGNMENT, fragment);
    if (base % whole != 0) {
      throw GlobalAccess.misaligned(warp, 0, base, whole, this);
    }
    int line = Math.min(MAX_LINE_ALIGNMENT, fragment);
    long strideBytes = stride * map.type().bits() / 8;
    if (strideBytes % line != 0) {
      throw fault(
          warp,
          0,
          EmulatorFault.Kind.MISALIGNED,
          "a stride of " + strideBytes + " bytes is no multiple of " + line);
    }
  }

  private void move(Warp warp, long base, long stride, int register, int part) {
    int lanes = map.distinctLanes();
    int mask = lanes == Warp.LANES ? -1 : (1 << lanes) - 1;
    int bytes = Math.max(map.type().bits() / 8, map.type().bits() < 8 ? Integer.BYTES : 1);
    for (int lane = 0; lane < lanes; lane++) {
      long row = map.row(register, lane, part);
      long column = map.column(register, lane, part);
      long element = form.byRows() ? row * stride + column : column * stride + row;
      warp.addresses[lane] = base + element * map.type().bits() / 8;
    }
    resolve(warp, mask, warp.addresses, bytes, form.store() ? Access.WRITE : Access.READ);
    for (int lane = 0; lane < Warp.LANES; lane++) {
      // Lanes beyond the distinct ones hold copies.
      long at = warp.addresses[lane % lanes];
      if (form.store()) {
        store(warp, at, registers[register] + lane, part, bytes);
      } else {
        load(warp, at, registers[register] + lane, part, bytes);
      }
    }
  }

  private static void load(Warp warp, long at, int slot, int part, int bytes) {
    switch (bytes) {
      case 8 -> warp.longs[slot] = NativeMemory.getLong(at);
      case 4 -> warp.words[slot] = NativeMemory.getInt(at);
      case 2 -> put(warp.words, slot, part * 16, NativeMemory.getShort(at) & 0xffff, 0xffff);
      default -> put(warp.words, slot, part * 8, NativeMemory.getByte(at) & 0xff, 0xff);
    }
  }

  private static void put(int[] words, int slot, int shift, int bits, int mask) {
    words[slot] = (words[slot] & ~(mask << shift)) | (bits << shift);
  }

  private static void store(Warp warp, long at, int slot, int part, int bytes) {
    switch (bytes) {
      case 8 -> NativeMemory.putLong(at, warp.longs[slot]);
      case 4 -> NativeMemory.putInt(at, warp.words[slot]);
      default -> NativeMemory.putShort(at, (short) (warp.words[slot] >>> (part * 16)));
    }
  }
}
