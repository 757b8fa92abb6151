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
 * Adds signed actions, product surface and dwell time to history tokens, each from a small table
 * that is already multiplied by its block of proj_mat_3. Source: docs/model.md#3-features.
 */
public final class HistoryFeaturesKernel {
  private static final int ROWS = 8;
  private static final int THREADS = 128;
  private static final int SHARED_BYTES = 48 * 1024;

  private final ElementType type;
  private final Kernel kernel;

  /** The kernel on the library's device, for tokens of a type. */
  public HistoryFeaturesKernel(KernelLibrary library, ElementType tokens) {
    this.type = tokens;
    this.kernel =
        library.kernel(
            "history_features",
            tokens == ElementType.F32 ? "history_features_f32" : "history_features");
  }

  /**
   * The folded tables, float32.
   *
   * @param actions [A, D]: action_projection times its block
   * @param surfaces [surfaces, D]: the surface table times its block
   * @param dwell null where the model has no dwell input
   * @param actionCount A
   * @param surfaceCount rows of {@code surfaces}
   */
  public record Tables(
      DeviceMemory actions,
      DeviceMemory surfaces,
      @Nullable Dwell dwell,
      int actionCount,
      int surfaceCount) {}

  /**
   * The dwell tables, float32.
   *
   * @param in [hidden]: history_dwell_time_proj1
   * @param out [hidden, D]: history_dwell_time_proj2 times its block
   * @param hidden their length
   */
  public record Dwell(DeviceMemory in, DeviceMemory out, int hidden) {}

  /**
   * One row per history token.
   *
   * @param actions [rows, A] float32; a row of zeros adds nothing
   * @param surfaces [rows] int32, indices into the surface table; one outside it gives NaN
   * @param dwell [rows] float32, clipped and scaled to [0, 1]; not read without dwell tables
   */
  public record Features(
      DeviceMemory actions, DeviceMemory surfaces, @Nullable DeviceMemory dwell) {}

  /**
   * Adds the features to the tokens.
   *
   * @param tokens [rows, D] of the kernel's type, updated in place
   * @throws IllegalArgumentException when an operand is too small, or dwell times are missing
   */
  public void launch(
      LaunchTarget target, DeviceMemory tokens, Features features, Tables tables, MatrixSize size) {
    Check.holds("tokens", tokens, type, size.rows(), size.columns());
    Check.holds("actions", features.actions(), ElementType.F32, size.rows(), tables.actionCount());
    Check.holdsIntegers("surfaces", features.surfaces(), size.rows());
    Check.holds(
        "action table", tables.actions(), ElementType.F32, tables.actionCount(), size.columns());
    Check.holds(
        "surface table", tables.surfaces(), ElementType.F32, tables.surfaceCount(), size.columns());
    KernelArguments.Builder arguments =
        KernelArguments.builder()
            .pointer(tokens)
            .pointer(features.actions())
            .pointer(features.surfaces());
    int hidden = addTables(arguments, features, tables, size);
    int shared = ROWS * (tables.actionCount() + hidden) * Float.BYTES;
    Check.between("bytes of weights in shared memory", shared, 0, SHARED_BYTES);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(
                Extent.of(Math.ceilDiv(size.rows(), ROWS), Math.ceilDiv(size.columns(), THREADS)),
                Extent.of(THREADS))
            .withDynamicShared(shared),
        arguments
            .i32(size.rows())
            .i32(size.columns())
            .i32(tables.actionCount())
            .i32(tables.surfaceCount())
            .i32(hidden)
            .build());
  }

  private static int addTables(
      KernelArguments.Builder arguments, Features features, Tables tables, MatrixSize size) {
    Dwell dwell = tables.dwell();
    if (dwell == null) {
      arguments
          .nullPointer()
          .pointer(tables.actions())
          .pointer(tables.surfaces())
          .nullPointer()
          .nullPointer();
      return 0;
    }
    DeviceMemory seconds = features.dwell();
    if (seconds == null) {
      throw new IllegalArgumentException("dwell: expected [rows] float32, found none");
    }
    Check.holds("dwell", seconds, ElementType.F32, size.rows());
    Check.holds("dwell in", dwell.in(), ElementType.F32, dwell.hidden());
    Check.holds("dwell out", dwell.out(), ElementType.F32, dwell.hidden(), size.columns());
    arguments
        .pointer(seconds)
        .pointer(tables.actions())
        .pointer(tables.surfaces())
        .pointer(dwell.in())
        .pointer(dwell.out());
    return dwell.hidden();
  }
}
