package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * Adds product surface and post age to candidate tokens, from tables that are already multiplied by
 * their blocks of proj_mat_2. Source: docs/model.md#3-features.
 */
public final class CandidateFeaturesKernel {
  private final ElementType type;
  private final Kernel kernel;

  /** The kernel on the library's device, for tokens of a type. */
  public CandidateFeaturesKernel(KernelLibrary library, ElementType tokens) {
    this.type = tokens;
    this.kernel =
        library.kernel(
            "candidate_features",
            tokens == ElementType.F32 ? "candidate_features_f32" : "candidate_features");
  }

  /**
   * One feature: the row of its folded table for each token.
   *
   * @param indices [rows] int32; one outside the table gives NaN
   * @param table [entries, D] float32
   * @param entries rows of the table
   */
  public record Feature(DeviceMemory indices, DeviceMemory table, int entries) {}

  /**
   * Adds the features to the tokens.
   *
   * @param tokens [rows, D] of the kernel's type, updated in place
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory tokens, Feature surface, Feature age, MatrixSize size) {
    Check.holds("tokens", tokens, type, size.rows(), size.columns());
    check("surface", surface, size);
    check("age", age, size);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        RowBlock.spreading(size.columns()).covering(size.rows(), size.columns()),
        KernelArguments.builder()
            .pointer(tokens)
            .pointer(surface.indices())
            .pointer(age.indices())
            .pointer(surface.table())
            .pointer(age.table())
            .i32(size.rows())
            .i32(size.columns())
            .i32(surface.entries())
            .i32(age.entries())
            .build());
  }

  private static void check(String what, Feature feature, MatrixSize size) {
    Check.holdsIntegers(what + " indices", feature.indices(), size.rows());
    Check.holds(
        what + " table", feature.table(), ElementType.F32, feature.entries(), size.columns());
  }
}
