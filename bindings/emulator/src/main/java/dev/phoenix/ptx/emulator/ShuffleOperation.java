package dev.phoenix.ptx.emulator;

/** shfl.sync. Reading from a lane that does not execute it is a fault. */
final class ShuffleOperation extends ConvergentOperation {
  /**
   * Registers of a shuffle.
   *
   * @param target result
   * @param predicate whether the source lane was in range, or -1
   * @param value source value of each lane
   * @param lane b: source lane, distance or mask
   * @param clamp c: clamp and segment mask
   */
  record Registers(int target, int predicate, int value, int lane, int clamp) {}

  private final String mode;
  private final Registers registers;

  ShuffleOperation(String mode, Registers registers, int members) {
    super(members);
    this.mode = mode;
    this.registers = registers;
  }

  @Override
  void together(Warp warp, int mask, int members) {
    int[] words = warp.words;
    int[] offered = new int[Warp.LANES];
    System.arraycopy(words, registers.value(), offered, 0, Warp.LANES);
    int inRange = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int b = words[registers.lane() + lane] & 31;
      int c = words[registers.clamp() + lane];
      int segment = (c >>> 8) & 31;
      int maximum = (lane & segment) | (c & 31 & ~segment);
      int from =
          switch (mode) {
            case "up" -> lane - b;
            case "down" -> lane + b;
            case "bfly" -> lane ^ b;
            default -> (lane & segment) | (b & ~segment);
          };
      boolean valid = mode.equals("up") ? from >= maximum : from <= maximum;
      if (valid) {
        inRange |= 1 << lane;
      } else {
        from = lane;
      }
      if ((mask >>> from & 1) == 0) {
        throw fault(
            warp,
            lane,
            EmulatorFault.Kind.DIVERGENT_WARP,
            "reads from lane " + from + ", which does not take part");
      }
      words[registers.target() + lane] = offered[from];
    }
    if (registers.predicate() >= 0) {
      int[] predicates = warp.predicates;
      int old = predicates[registers.predicate()];
      predicates[registers.predicate()] = (old & ~mask) | inRange;
    }
  }
}
