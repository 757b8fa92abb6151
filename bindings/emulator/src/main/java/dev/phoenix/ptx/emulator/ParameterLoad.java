package dev.phoenix.ptx.emulator;

import java.util.Arrays;
import java.util.List;

/** A load of a kernel's parameter at a fixed offset: the same value for all lanes. */
final class ParameterLoad extends Operation {
  private final List<Transfer> transfers;
  private final long nativeAddress;

  ParameterLoad(List<Transfer> transfers, long nativeAddress) {
    this.transfers = transfers;
    this.nativeAddress = nativeAddress;
  }

  @Override
  void execute(Warp warp, int mask) {
    Arrays.fill(warp.addresses, nativeAddress);
    for (Transfer transfer : transfers) {
      transfer.load(warp, mask, warp.addresses);
    }
  }
}
