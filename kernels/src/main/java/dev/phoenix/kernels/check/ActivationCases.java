package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.GeluKernel;
import dev.phoenix.kernels.SigmoidKernel;
import dev.phoenix.kernels.SiluKernel;
import dev.phoenix.kernels.reference.ActivationReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code gelu}, {@code sigmoid} and {@code silu}. */
public final class ActivationCases {
  /** Multiples of a warp, a vector and a block of vectors, and their neighbours. */
  private static final int[] COUNTS = {0, 1, 7, 8, 9, 31, 32, 33, 2047, 2048, 2049};

  /**
   * Tolerance of a float32 kernel: the relative error of e^-x grows with |x|, which is at most
   * about 20 before the result vanishes.
   */
  private static final Tolerance FLOATS = new Tolerance(1e-12, 64 * 0x1p-24);

  private ActivationCases() {}

  /** An activation and the type of its elements. */
  private enum Activation {
    GELU("gelu", ElementType.F32, FLOATS, 6),
    SIGMOID("sigmoid", ElementType.F32, Tolerance.FLOAT32, 2),
    SILU("silu", ElementType.F32, FLOATS, 2),
    SILU_BF16("silu", ElementType.BF16, Tolerance.ONE_ROUNDING, 2);

    private final String kernel;
    private final ElementType type;

    @SuppressWarnings("ImmutableEnumChecker") // A value.
    private final Tolerance tolerance;

    private final int flops;

    Activation(String kernel, ElementType type, Tolerance tolerance, int flops) {
      this.kernel = kernel;
      this.type = type;
      this.tolerance = tolerance;
      this.flops = flops;
    }

    private Runnable launch(Workbench bench, DeviceMemory out, DeviceMemory x, int count) {
      return switch (this) {
        case GELU -> {
          GeluKernel gelu = new GeluKernel(bench.library());
          yield () -> gelu.launch(bench.stream(), out, x, count);
        }
        case SIGMOID -> {
          SigmoidKernel sigmoid = new SigmoidKernel(bench.library());
          yield () -> sigmoid.launch(bench.stream(), out, x, count);
        }
        case SILU, SILU_BF16 -> {
          SiluKernel silu = new SiluKernel(bench.library(), type);
          yield () -> silu.launch(bench.stream(), out, x, count);
        }
      };
    }

    private float[] expected(float[] x) {
      float[] out = new float[x.length];
      switch (this) {
        case GELU -> ActivationReference.gelu(out, x);
        case SIGMOID -> ActivationReference.sigmoid(out, x);
        case SILU, SILU_BF16 -> ActivationReference.silu(out, x);
      }
      return out;
    }
  }

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (int count : COUNTS) {
        cases.add(of(activation, count));
      }
      cases.add(
          KernelCase.of(
              activation.kernel,
              "extremes, " + activation.type,
              (bench, numbers) -> prepare(bench, activation, extremes())));
    }
    return cases;
  }

  /** Random elements of {@code gelu}. */
  public static KernelCase gelu(int count) {
    return of(Activation.GELU, count);
  }

  /** Random elements of {@code sigmoid}. */
  public static KernelCase sigmoid(int count) {
    return of(Activation.SIGMOID, count);
  }

  /** Random elements of {@code silu}. */
  public static KernelCase silu(int count, ElementType type) {
    return of(type == ElementType.F32 ? Activation.SILU : Activation.SILU_BF16, count);
  }

  private static KernelCase of(Activation activation, int count) {
    return KernelCase.of(
        activation.kernel,
        count + ", " + activation.type,
        (bench, numbers) -> prepare(bench, activation, numbers.normal(count, 4)));
  }

  private static PreparedCase prepare(Workbench bench, Activation activation, float[] drawn) {
    float[] x = activation.type == ElementType.F32 ? drawn : Bfloat16.round(drawn);
    DeviceMemory in = bench.typed(activation.type, x);
    // The others are called in place by the model.
    boolean apart = activation == Activation.SIGMOID;
    DeviceMemory out = apart ? bench.empty(ElementType.F32, x.length) : in;
    Format format = Format.of(activation.type);
    return new PreparedCase(
        activation.launch(bench, out, in, x.length),
        Output.of("out", format, out, activation.tolerance, () -> activation.expected(x)),
        Work.moving(2L * x.length * activation.type.byteSize())
            .withFlops((long) activation.flops * x.length)
            .withSpecials(2L * x.length));
  }

  /** Inputs at which activations saturate or vanish, and non-finite ones. */
  static float[] extremes() {
    return new float[] {
      0f,
      -0f,
      1e-30f,
      -20,
      20,
      -90,
      90,
      200,
      -200,
      1e30f,
      -1e30f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
  }
}
