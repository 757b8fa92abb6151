package dev.phoenix.kernels.check;

import java.util.List;

/**
 * A case with its inputs on a device.
 *
 * @param launch enqueues the kernel on the workbench's stream; may be called repeatedly for timing.
 *     A kernel that updates an operand in place then continues from the previous result
 * @param outputs expected outputs of the first launch
 * @param work minimal work of one launch
 */
public record PreparedCase(Runnable launch, List<Output> outputs, Work work) {
  /** Copies the list. */
  public PreparedCase {
    outputs = List.copyOf(outputs);
  }

  /** A case with one output. */
  public PreparedCase(Runnable launch, Output output, Work work) {
    this(launch, List.of(output), work);
  }
}
