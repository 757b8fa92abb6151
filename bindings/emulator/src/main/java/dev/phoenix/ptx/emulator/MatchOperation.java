package dev.phoenix.ptx.emulator;

/** match.sync: finds the lanes that hold the same value. */
final class MatchOperation extends ConvergentOperation {
  /**
   * Variant of match.sync.
   *
   * @param all whether all lanes must agree
   * @param wide whether values have 64 bits
   */
  record Form(boolean all, boolean wide) {}

  private final Form form;
  private final int target;
  private final int predicate;
  private final int source;

  MatchOperation(Form form, int target, int predicate, int source, int members) {
    super(members);
    this.form = form;
    this.target = target;
    this.predicate = predicate;
    this.source = source;
  }

  private long value(Warp warp, int lane) {
    return form.wide() ? warp.longs[source + lane] : warp.words[source + lane];
  }

  @Override
  void together(Warp warp, int mask, int members) {
    int[] results = new int[Warp.LANES];
    boolean agree = true;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      for (int others = mask; others != 0; others &= others - 1) {
        int other = Integer.numberOfTrailingZeros(others);
        if (value(warp, lane) == value(warp, other)) {
          results[lane] |= 1 << other;
        }
      }
      agree &= results[lane] == mask;
    }
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      warp.words[target + lane] = form.all() && !agree ? 0 : results[lane];
    }
    if (predicate >= 0) {
      int old = warp.predicates[predicate];
      warp.predicates[predicate] = agree ? old | mask : old & ~mask;
    }
  }
}
