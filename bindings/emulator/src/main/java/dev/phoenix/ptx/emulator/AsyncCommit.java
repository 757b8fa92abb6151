package dev.phoenix.ptx.emulator;

/** cp.async.commit_group. */
final class AsyncCommit extends Operation {
  AsyncCommit() {
    costing(InstructionClass.BARRIER);
  }

  @Override
  void execute(Warp warp, int mask) {
    warp.copies.commit(mask);
  }
}
