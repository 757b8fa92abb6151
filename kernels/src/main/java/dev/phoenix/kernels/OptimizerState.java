package dev.phoenix.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory layouts of the two small structures that the optimiser kernels share. The control block
 * stays on the device and is written by {@link GradientNormKernel}, so that a non-finite step is
 * skipped without a round trip to the host. Source: docs/model.md#9-training.
 */
public final class OptimizerState {
  /** Bytes of the control block. */
  public static final long CONTROL_BYTES = 48;

  /** Bytes of the settings. */
  public static final long SETTINGS_BYTES = 32;

  private OptimizerState() {}

  /**
   * The control block.
   *
   * @param power1 beta1 to the number of steps taken; 1 before the first
   * @param power2 beta2 to the number of steps taken
   * @param norm L2 norm of all gradients of the last step
   * @param factor clipping factor of the gradients
   * @param finite whether the last step was finite and so was applied
   * @param taken steps taken
   * @param skipped number of non-finite steps
   */
  public record Control(
      double power1,
      double power2,
      double norm,
      float factor,
      boolean finite,
      int taken,
      int skipped) {
    /** Before the first step. */
    public static final Control START = after(0, 1, 1);

    /**
     * After steps that were all applied.
     *
     * @param taken steps taken
     * @param power1 beta1 to the power of {@code taken}
     * @param power2 beta2 to the power of {@code taken}
     */
    public static Control after(int taken, double power1, double power2) {
      return new Control(power1, power2, 0, 1, true, taken, 0);
    }

    /** Writes the block as the device reads it. */
    public void write(MemorySegment to) {
      to.set(ValueLayout.JAVA_DOUBLE, 0, power1);
      to.set(ValueLayout.JAVA_DOUBLE, 8, power2);
      to.set(ValueLayout.JAVA_DOUBLE, 16, norm);
      to.set(ValueLayout.JAVA_FLOAT, 24, factor);
      to.set(ValueLayout.JAVA_INT, 28, finite ? 1 : 0);
      to.set(ValueLayout.JAVA_INT, 32, taken);
      to.set(ValueLayout.JAVA_INT, 36, skipped);
      to.set(ValueLayout.JAVA_LONG, 40, 0);
    }

    /** Reads the block as the device wrote it. */
    public static Control read(MemorySegment from) {
      return new Control(
          from.get(ValueLayout.JAVA_DOUBLE, 0),
          from.get(ValueLayout.JAVA_DOUBLE, 8),
          from.get(ValueLayout.JAVA_DOUBLE, 16),
          from.get(ValueLayout.JAVA_FLOAT, 24),
          from.get(ValueLayout.JAVA_INT, 28) != 0,
          from.get(ValueLayout.JAVA_INT, 32),
          from.get(ValueLayout.JAVA_INT, 36));
    }
  }

  /**
   * The settings of a step, which the host sends.
   *
   * @param learningRate of dense parameters
   * @param beta1 decay of the mean gradient
   * @param beta2 decay of the mean square
   * @param epsilon added to the root of the mean square
   * @param weightDecay decoupled weight decay, before multiplication by the learning rate
   * @param mostNorm gradients with a larger L2 norm are clipped to it
   * @param rowLearningRate of embedding rows
   * @param rowEpsilon added to the root of a row's accumulator
   */
  public record Settings(
      float learningRate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      float mostNorm,
      float rowLearningRate,
      float rowEpsilon) {
    /** Writes the settings as the device reads them. */
    public void write(MemorySegment to) {
      float[] values = {
        learningRate, beta1, beta2, epsilon, weightDecay, mostNorm, rowLearningRate, rowEpsilon
      };
      MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT, 0, values.length);
    }
  }
}
