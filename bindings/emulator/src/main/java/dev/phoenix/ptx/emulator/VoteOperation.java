package dev.phoenix.ptx.emulator;

/** vote.sync. */
final class VoteOperation extends ConvergentOperation {
  private final String mode;
  private final int target;
  private final int source;

  VoteOperation(String mode, int target, int source, int members) {
    super(members);
    this.mode = mode;
    this.target = target;
    this.source = source;
  }

  @Override
  void together(Warp warp, int mask, int members) {
    int votes = warp.predicates[source] & mask;
    if (mode.equals("ballot")) {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        warp.words[target + Integer.numberOfTrailingZeros(rest)] = votes;
      }
      return;
    }
    boolean result =
        switch (mode) {
          case "all" -> votes == mask;
          case "any" -> votes != 0;
          default -> votes == mask || votes == 0;
        };
    int old = warp.predicates[target];
    warp.predicates[target] = result ? old | mask : old & ~mask;
  }
}
