package dev.phoenix.device.junit;

import dev.phoenix.ptx.emulator.InstructionCounts;
import java.util.ArrayList;
import java.util.List;

/** Instruction counts of the test's launches so far, on the emulated device only. */
public final class LaunchCounts {
  private final List<InstructionCounts> launches = new ArrayList<>();

  LaunchCounts() {}

  void add(InstructionCounts counts) {
    launches.add(counts);
  }

  /** Every launch, in order. */
  public List<InstructionCounts> all() {
    return List.copyOf(launches);
  }

  /**
   * The last launch.
   *
   * @throws IllegalStateException when nothing was launched on an emulated device
   */
  public InstructionCounts last() {
    if (launches.isEmpty()) {
      throw new IllegalStateException("no launch on an emulated device so far");
    }
    return launches.getLast();
  }
}
