package dev.phoenix.ptx.emulator;

import java.util.List;

/** A load of one to four elements per lane. */
final class LoadOperation extends MemoryOperation {
  private final List<Transfer> transfers;
  private final int bytes;
  private final Access access;

  LoadOperation(
      Space space, AddressOperand address, List<Transfer> transfers, int bytes, Access access) {
    super(space, address);
    this.transfers = transfers;
    this.bytes = bytes;
    this.access = access;
  }

  @Override
  void execute(Warp warp, int mask) {
    long[] addresses = resolve(warp, mask, bytes, access);
    for (int i = 0; i < transfers.size(); i++) {
      transfers.get(i).load(warp, mask, addresses);
    }
    if (access == Access.STRONG_READ) {
      poll(warp);
    }
  }
}
