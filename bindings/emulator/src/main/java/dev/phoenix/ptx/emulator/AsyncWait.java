package dev.phoenix.ptx.emulator;

/** cp.async.wait_group and wait_all. */
final class AsyncWait extends Operation {
  private final int pending;

  /**
   * @param pending groups that may stay in flight; -1 waits for uncommitted copies too
   */
  AsyncWait(int pending) {
    this.pending = pending;
    costing(InstructionClass.BARRIER);
  }

  @Override
  void execute(Warp warp, int mask) {
    warp.copies.await(warp, mask, pending);
  }
}
