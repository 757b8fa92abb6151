package dev.phoenix.ptx.emulator;

/** printf: formats the output of each lane, in lane order. */
final class PrintOperation extends MemoryOperation {
  private static final int MAX_TEXT = 1 << 16;

  private final int target;
  private final AddressOperand arguments;

  /**
   * @param target register for the number of arguments printed
   * @param format pointer to the format, ended by a zero byte
   * @param arguments pointer to the arguments, each aligned to its size
   */
  PrintOperation(int target, AddressOperand format, AddressOperand arguments) {
    super(Space.GENERIC, format);
    this.target = target;
    this.arguments = arguments;
  }

  @Override
  void execute(Warp warp, int mask) {
    long[] formats = new long[Warp.LANES];
    long[] buffers = new long[Warp.LANES];
    address.evaluate(warp, mask, formats);
    arguments.evaluate(warp, mask, buffers);
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      Arguments given = new Arguments(warp, lane, buffers[lane]);
      String format = given.text(formats[lane]);
      try {
        warp.block.print(PrintFormat.format(format, given));
      } catch (IllegalArgumentException e) {
        throw fault(
            warp,
            lane,
            EmulatorFault.Kind.INVALID_OPERAND,
            "printf(\"" + format + "\"): " + e.getMessage());
      }
      warp.words[target + lane] = given.count;
    }
  }

  /** Reads one lane's arguments in order. */
  private final class Arguments implements PrintFormat.Arguments {
    private final Warp warp;
    private final int lane;
    private final long base;
    private long next;
    private int count;

    Arguments(Warp warp, int lane, long base) {
      this.warp = warp;
      this.lane = lane;
      this.base = base;
    }

    @Override
    public int word() {
      long from = place(Integer.BYTES);
      return NativeMemory.getInt(from);
    }

    @Override
    public long longWord() {
      long from = place(Long.BYTES);
      return NativeMemory.getLong(from);
    }

    private long place(int bytes) {
      next = (next + bytes - 1) / bytes * bytes;
      long at = checked(base + next, bytes);
      next += bytes;
      count++;
      return at;
    }

    private long checked(long at, int bytes) {
      warp.addresses[lane] = at;
      resolve(warp, 1 << lane, warp.addresses, bytes, Access.READ);
      return warp.addresses[lane];
    }

    @Override
    public String text(long pointer) {
      StringBuilder text = new StringBuilder();
      while (text.length() < MAX_TEXT) {
        byte c = NativeMemory.getByte(checked(pointer + text.length(), 1));
        if (c == 0) {
          return text.toString();
        }
        text.append((char) (c & 0xff));
      }
      throw new IllegalArgumentException("a text without an end");
    }
  }
}
