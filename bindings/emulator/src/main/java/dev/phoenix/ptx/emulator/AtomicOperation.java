package dev.phoenix.ptx.emulator;

/** An atomic read-modify-write, one lane after the other; other blocks may interleave. */
final class AtomicOperation extends MemoryOperation {
  /**
   * Registers of an atomic.
   *
   * @param target register for the old value, or -1
   * @param b first operand
   * @param c second operand, or -1
   */
  record Registers(int target, int b, int c) {}

  /**
   * Width and kind of the exchange.
   *
   * @param bytes 2, 4 or 8
   * @param waits whether spin loops use it: compare-and-swap, exchange
   */
  record Width(int bytes, boolean waits) {}

  private final AtomicUpdates.Update update;
  private final Registers registers;
  private final int bytes;
  private final boolean waits;

  AtomicOperation(
      Space space,
      AddressOperand address,
      AtomicUpdates.Update update,
      Registers registers,
      Width width) {
    super(space, address);
    this.update = update;
    this.registers = registers;
    this.bytes = width.bytes();
    this.waits = width.waits();
    costing(InstructionClass.ATOMIC);
  }

  @Override
  void execute(Warp warp, int mask) {
    long[] addresses = resolve(warp, mask, bytes, Access.ATOMIC);
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long b = operand(warp, registers.b(), lane);
      long c = registers.c() < 0 ? 0 : operand(warp, registers.c(), lane);
      long old =
          switch (bytes) {
            case 8 -> longWord(addresses[lane], b, c);
            case 4 -> word(addresses[lane], b, c);
            default -> half(addresses[lane], b, c);
          };
      if (changes(old, b, c)) {
        warp.block.progress++;
      }
      if (registers.target() >= 0) {
        if (bytes == 8) {
          warp.longs[registers.target() + lane] = old;
        } else {
          warp.words[registers.target() + lane] = (int) old;
        }
      }
    }
    if (waits) {
      poll(warp);
    }
  }

  private boolean changes(long old, long b, long c) {
    long mask = bytes == 8 ? -1 : (1L << (8 * bytes)) - 1;
    long before = old & mask;
    return ((update.apply(before, b, c) ^ before) & mask) != 0;
  }

  /** Reads an operand as zero-extended bits, as compare-and-swap needs. */
  private long operand(Warp warp, int slot, int lane) {
    return bytes == 8 ? warp.longs[slot + lane] : Integer.toUnsignedLong(warp.words[slot + lane]);
  }

  private long longWord(long address, long b, long c) {
    while (true) {
      long old = NativeMemory.getLong(address);
      if (NativeMemory.compareAndSet(address, old, update.apply(old, b, c))) {
        return old;
      }
    }
  }

  private long word(long address, long b, long c) {
    while (true) {
      int old = NativeMemory.getInt(address);
      int value = (int) update.apply(Integer.toUnsignedLong(old), b, c);
      if (NativeMemory.compareAndSet(address, old, value)) {
        return old;
      }
    }
  }

  private long half(long address, long b, long c) {
    long container = address & ~3L;
    int shift = (int) (address & 2) * 8;
    while (true) {
      int old = NativeMemory.getInt(container);
      int part = (old >>> shift) & 0xffff;
      int value = (int) update.apply(part, b & 0xffff, c & 0xffff) & 0xffff;
      int whole = (old & ~(0xffff << shift)) | (value << shift);
      if (NativeMemory.compareAndSet(container, old, whole)) {
        return part;
      }
    }
  }
}
