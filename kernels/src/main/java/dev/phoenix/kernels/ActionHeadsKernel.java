package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;
import org.jspecify.annotations.Nullable;

/**
 * The ranker's heads in float32: out = rms(hidden), logits = out · weights, probabilities =
 * sigmoid(logits). A row's result is bitwise independent of the other rows. Source:
 * docs/model.md#5-ranker-outputs and #8-precision.
 */
public final class ActionHeadsKernel {
  private static final int ACTIONS = 32;
  private static final int SLICES = 8;
  private static final int ROWS = 4;

  private final ElementType type;
  private final Kernel kernel;

  /**
   * The kernel on the library's device.
   *
   * @param hidden the type of the last layer's output
   */
  public ActionHeadsKernel(KernelLibrary library, ElementType hidden) {
    this.type = hidden;
    this.kernel =
        library.kernel(
            "action_heads", hidden == ElementType.F32 ? "action_heads_f32" : "action_heads");
  }

  /**
   * The outputs.
   *
   * @param probabilities [rows, actions] float32, or null if not needed
   * @param logits [rows, actions] float32, or null if not needed
   */
  public record Outputs(@Nullable DeviceMemory probabilities, @Nullable DeviceMemory logits) {}

  /**
   * The inputs.
   *
   * @param hidden [rows, D] of the kernel's type: the last layer's output, not yet normalised
   * @param scale [D] float32 of the last norm
   * @param weights [D, actions] float32
   */
  public record Inputs(DeviceMemory hidden, DeviceMemory scale, DeviceMemory weights) {}

  /**
   * Scores every row.
   *
   * @param size of {@code hidden}: rows and D
   * @param actions columns of the head
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, Outputs outputs, Inputs inputs, MatrixSize size, int actions) {
    Check.between("actions", actions, 1, ACTIONS * 65535);
    Check.holds("hidden", inputs.hidden(), type, size.rows(), size.columns());
    Check.holds("scale", inputs.scale(), ElementType.F32, size.columns());
    Check.holds("weights", inputs.weights(), ElementType.F32, size.columns(), actions);
    KernelArguments.Builder arguments = KernelArguments.builder();
    add(arguments, "probabilities", outputs.probabilities(), (long) size.rows() * actions);
    add(arguments, "logits", outputs.logits(), (long) size.rows() * actions);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(
            Extent.of(Math.ceilDiv(size.rows(), ROWS), Math.ceilDiv(actions, ACTIONS)),
            Extent.of(ACTIONS, SLICES)),
        arguments
            .pointer(inputs.hidden())
            .pointer(inputs.scale())
            .pointer(inputs.weights())
            .i32(size.rows())
            .i32(size.columns())
            .i32(actions)
            .build());
  }

  private static void add(
      KernelArguments.Builder arguments, String what, @Nullable DeviceMemory memory, long count) {
    if (memory == null) {
      arguments.nullPointer();
      return;
    }
    Check.holds(what, memory, ElementType.F32, count);
    arguments.pointer(memory);
  }
}
