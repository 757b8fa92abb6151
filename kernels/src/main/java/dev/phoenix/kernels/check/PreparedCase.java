package dev.phoenix.kernels.check;

import java.util.List;

/**
 * A case whose inputs lie on a device.
 *
 * @param launch puts the kernel on the workbench's stream; may be called many times to be timed. A
 *     kernel that updates an operand in place goes on from what the last launch left
 * @param outputs what the first launch must give
 * @param work the least that one launch does
 */
public record PreparedCase(Runnable launch, List<Output> outputs, Work work) {
  /** Keeps a list of its own. */
  public PreparedCase {
    outputs = List.copyOf(outputs);
  }

  /** A case with one output. */
  public PreparedCase(Runnable launch, Output output, Work work) {
    this(launch, List.of(output), work);
  }
}
