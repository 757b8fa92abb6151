package dev.phoenix.ptx.emulator;

/** cp.async: issues one copy per lane from global to shared memory. */
final class AsyncCopy extends MemoryOperation {
  /**
   * Size of a copy.
   *
   * @param bytes written to shared memory: 4, 8 or 16
   * @param source register with the bytes to read, the rest is zero; -1 for all
   * @param ignore predicate under which nothing is read and all is zero; -1 for none
   */
  record Amount(int bytes, int source, int ignore) {}

  private final AddressOperand source;
  private final Amount amount;
  private final GlobalAccess global = new GlobalAccess();

  AsyncCopy(AddressOperand target, AddressOperand source, Amount amount) {
    super(Space.SHARED, target);
    this.source = source;
    this.amount = amount;
    costing(InstructionClass.GLOBAL);
  }

  @Override
  void execute(Warp warp, int mask) {
    long[] targets = resolve(warp, mask, amount.bytes(), Access.COPY);
    SharedMemory shared = warp.block.shared;
    long[] sources = new long[Warp.LANES];
    source.evaluate(warp, mask, sources);
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int wanted = wanted(warp, lane);
      long from = resolveSource(warp, lane, sources, wanted);
      int offset = shared.offset(targets[lane]);
      shared.beginCopy(warp, offset, amount.bytes(), this);
      warp.copies.issue(lane, offset, amount.bytes(), from, wanted, this);
    }
  }

  private int wanted(Warp warp, int lane) {
    if (amount.ignore() >= 0 && (warp.predicates[amount.ignore()] >>> lane & 1) != 0) {
      return 0;
    }
    if (amount.source() < 0) {
      return amount.bytes();
    }
    int wanted = warp.words[amount.source() + lane];
    if (wanted < 0 || wanted > amount.bytes()) {
      throw fault(
          warp,
          lane,
          EmulatorFault.Kind.INVALID_OPERAND,
          "asks for " + wanted + " of " + amount.bytes() + " bytes");
    }
    return wanted;
  }

  private long resolveSource(Warp warp, int lane, long[] sources, int wanted) {
    if ((sources[lane] & (amount.bytes() - 1)) != 0) {
      throw GlobalAccess.misaligned(warp, lane, sources[lane], amount.bytes(), this);
    }
    warp.counts[Counter.GLOBAL_READ] += wanted;
    if (wanted == 0) {
      return 0;
    }
    if (wanted == amount.bytes()) {
      global.resolve(warp, 1 << lane, sources, wanted, Access.READ, this);
      return sources[lane];
    }
    // A partial copy is checked byte by byte: its length need not be a power of two.
    long first = 0;
    long base = sources[lane];
    for (int i = wanted - 1; i >= 0; i--) {
      sources[lane] = base + i;
      global.resolve(warp, 1 << lane, sources, 1, Access.READ, this);
      first = sources[lane];
    }
    return first;
  }
}
