package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;
import org.jspecify.annotations.Nullable;

/**
 * The residual add of a block fused with the first norm of the next one: h += rms(branch) *
 * branchScale, then out = rms(h) * nextScale. Source: docs/model.md#4-transformer.
 */
public final class AddRmsNormKernel {
  private final RowTypes types;
  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device, bfloat16 throughout. */
  public AddRmsNormKernel(KernelLibrary library) {
    this(library, RowTypes.BF16);
  }

  /**
   * The kernel on the library's device.
   *
   * @param types element types of the residual stream and the branch, and of {@code out}
   */
  public AddRmsNormKernel(KernelLibrary library, RowTypes types) {
    this.types = types;
    this.wide = library.kernel("add_rms_norm", types.entry("add_rms_norm"));
    this.any = library.kernel("add_rms_norm", types.entry("add_rms_norm") + "_any");
  }

  /**
   * The norm that follows the sum.
   *
   * @param out [rows, D]: input of the next block
   * @param scale [D] float32
   */
  public record Next(DeviceMemory out, DeviceMemory scale) {}

  /**
   * The branch that is added.
   *
   * @param branch [rows, D]: output of the attention or feed-forward block
   * @param scale [D] float32
   */
  public record Branch(DeviceMemory branch, DeviceMemory scale) {}

  /**
   * Adds the normalised branch to the residual stream and normalises the sum for the next block.
   * Where the stream is bfloat16, the sum is rounded for {@code residual} only; the second norm
   * reads the unrounded sum.
   *
   * @param next null after the last layer if no norm follows
   * @param residual [rows, D], updated in place
   * @param size rows and D, D at most {@link RmsNormKernel#MAX_COLUMNS}
   * @throws IllegalArgumentException when an operand is too small or D too large
   */
  public void launch(
      LaunchTarget target,
      @Nullable Next next,
      DeviceMemory residual,
      Branch branch,
      MatrixSize size) {
    Check.between("columns", size.columns(), 1, RmsNormKernel.MAX_COLUMNS);
    Check.holds("residual", residual, types.in(), size.rows(), size.columns());
    Check.holds("branch", branch.branch(), types.in(), size.rows(), size.columns());
    Check.holds("branch scale", branch.scale(), ElementType.F32, size.columns());
    boolean vectors =
        size.columns() % 8 == 0 && Check.aligned(residual, branch.branch(), branch.scale());
    KernelArguments.Builder arguments = KernelArguments.builder();
    if (next == null) {
      arguments.nullPointer();
    } else {
      Check.holds("out", next.out(), types.out(), size.rows(), size.columns());
      Check.holds("next scale", next.scale(), ElementType.F32, size.columns());
      vectors &= Check.aligned(next.out(), next.scale());
      arguments.pointer(next.out());
    }
    arguments.pointer(residual).pointer(branch.branch()).pointer(branch.scale());
    if (next == null) {
      arguments.nullPointer();
    } else {
      arguments.pointer(next.scale());
    }
    if (size.rows() == 0) {
      return;
    }
    RowBlock block =
        vectors
            ? RowBlock.reducing(size.columns(), RmsNormKernel.PER_THREAD)
            : RowBlock.blockPerRow();
    target.launch(
        vectors ? wide : any,
        block.covering(size.rows()),
        arguments.i32(size.rows()).i32(size.columns()).build());
  }
}
