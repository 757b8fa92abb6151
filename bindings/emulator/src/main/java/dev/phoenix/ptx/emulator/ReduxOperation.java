package dev.phoenix.ptx.emulator;

/** redux.sync: a reduction over the lanes of a mask. */
final class ReduxOperation extends ConvergentOperation {
  private final AtomicUpdates.Update update;
  private final int target;
  private final int source;

  ReduxOperation(AtomicUpdates.Update update, int target, int source, int members) {
    super(members);
    this.update = update;
    this.target = target;
    this.source = source;
  }

  @Override
  void together(Warp warp, int mask, int members) {
    int first = Integer.numberOfTrailingZeros(mask);
    long result = warp.words[source + first];
    for (int rest = mask & (mask - 1); rest != 0; rest &= rest - 1) {
      result = update.apply(result, warp.words[source + Integer.numberOfTrailingZeros(rest)], 0);
    }
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      warp.words[target + Integer.numberOfTrailingZeros(rest)] = (int) result;
    }
  }
}
