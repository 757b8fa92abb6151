package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * The sampled softmax loss of the two-tower model over rows of dot products. Source:
 * docs/model.md#9-training.
 */
public final class SampledSoftmaxKernel {
  private static final int THREADS = 256;
  private static final int BITS = 32;
  private static final int MAX_SHARED = 48 * 1024;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public SampledSoftmaxKernel(KernelLibrary library) {
    this.kernel = library.kernel("sampled_softmax", "sampled_softmax");
  }

  /**
   * Columns with a bias, in lists by query.
   *
   * @param offsets [queries + 1] int32: query q owns entries {@code offsets[q]} to {@code offsets[q
   *     + 1]}, exclusive
   * @param columns [entries] int32, distinct within a query
   * @param bias [entries] float32
   */
  public record Entries(DeviceMemory offsets, DeviceMemory columns, DeviceMemory bias) {}

  /**
   * Positives and biases of the queries.
   *
   * @param bias [columns] float32: added to a column's score in the denominators; minus infinity
   *     excludes the column
   * @param exceptions columns for which a query has another bias
   * @param positives columns whose softmax probabilities are maximised, with the bias of their
   *     numerators
   * @param weights [positives] float32
   */
  public record Queries(
      DeviceMemory bias, Entries exceptions, Entries positives, DeviceMemory weights) {}

  /**
   * Results and scratch, float32.
   *
   * @param dots [rows, columns]: on entry the dot products, on return the loss's gradients with
   *     respect to them
   * @param losses [rows, 2]: a row's loss, and its gradient with respect to the log temperature
   * @param slopes [positives], scratch
   */
  public record Results(DeviceMemory dots, DeviceMemory losses, DeviceMemory slopes) {}

  /**
   * Range of the queries, and their temperature.
   *
   * @param first the query of row 0
   * @param logTemperature [1] float32
   */
  public record Scores(int first, DeviceMemory logTemperature) {}

  /**
   * Computes losses and gradients.
   *
   * @param size of {@code dots}; at most 393216 columns
   * @throws IllegalArgumentException when an operand is too small or there are too many columns
   */
  public void launch(
      LaunchTarget target, Results results, Queries queries, Scores scores, MatrixSize size) {
    int shared = Math.ceilDiv(size.columns(), BITS) * Integer.BYTES;
    Check.between("columns", size.columns(), 1, MAX_SHARED * 8L);
    Check.holds("dots", results.dots(), ElementType.F32, size.rows(), size.columns());
    Check.holds("losses", results.losses(), ElementType.F32, size.rows(), 2);
    Check.holds("log temperature", scores.logTemperature(), ElementType.F32, 1);
    Check.holds("bias", queries.bias(), ElementType.F32, size.columns());
    long offsets = (long) scores.first() + size.rows() + 1;
    Check.holdsIntegers("exception offsets", queries.exceptions().offsets(), offsets);
    Check.holdsIntegers("positive offsets", queries.positives().offsets(), offsets);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(Extent.of(size.rows()), Extent.of(THREADS)).withDynamicShared(shared),
        KernelArguments.builder()
            .pointer(results.dots())
            .pointer(results.losses())
            .pointer(results.slopes())
            .pointer(queries.bias())
            .pointer(queries.exceptions().offsets())
            .pointer(queries.exceptions().columns())
            .pointer(queries.exceptions().bias())
            .pointer(queries.positives().offsets())
            .pointer(queries.positives().columns())
            .pointer(queries.positives().bias())
            .pointer(queries.weights())
            .i32(scores.first())
            .i32(size.columns())
            .pointer(scores.logTemperature())
            .build());
  }
}
