package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ActivationBackwardKernel;
import dev.phoenix.kernels.AddKernel;
import dev.phoenix.kernels.DropoutKernel;
import dev.phoenix.kernels.GegluBackwardKernel;
import dev.phoenix.kernels.L2NormalizeBackwardKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RopeBackwardKernel;
import dev.phoenix.kernels.RopeKernel;
import dev.phoenix.kernels.reference.ActivationBackwardReference;
import dev.phoenix.kernels.reference.GegluBackwardReference;
import dev.phoenix.kernels.reference.L2NormalizeBackwardReference;
import dev.phoenix.kernels.reference.L2NormalizeReference;
import dev.phoenix.kernels.reference.RopeBackwardReference;
import dev.phoenix.kernels.reference.RopeReference;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of {@code activation_backward}, {@code geglu_backward}, {@code rope_backward}, {@code
 * l2_normalize_backward}, {@code dropout} and {@code add}.
 */
public final class ElementGradientCases {
  private ElementGradientCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (var activation : ActivationBackwardKernel.Activation.values()) {
      for (int count : new int[] {0, 1, 33, 300}) {
        cases.add(activation(activation, count));
      }
    }
    for (int columns : new int[] {1, 7, 8, 33, 176, 2056}) {
      cases.add(geglu(new MatrixSize(columns > 2000 ? 1 : 17, columns)));
    }
    cases.add(geglu(new MatrixSize(0, 8)));
    for (int headSize : new int[] {2, 6, 32, 128}) {
      cases.add(rope(9, headSize));
    }
    for (int columns : new int[] {1, 31, 33, 128, 1025}) {
      cases.add(l2Normalize(new MatrixSize(9, columns)));
    }
    for (ElementType type : ElementType.values()) {
      cases.add(dropout(new MatrixSize(9, 33), type));
    }
    cases.add(
        KernelCase.of(
            "add",
            "300",
            (bench, numbers) -> {
              float[] x = numbers.normal(300, 1);
              float[] expected = numbers.normal(300, 1);
              DeviceMemory out = bench.floats(expected);
              DeviceMemory from = bench.floats(x);
              for (int i = 0; i < 300; i++) {
                expected[i] += x[i];
              }
              AddKernel kernel = new AddKernel(bench.library());
              return new PreparedCase(
                  () -> kernel.launch(bench.stream(), out, from, 300),
                  Output.of("out", Format.FLOAT32, out, Tolerance.EXACT, () -> expected),
                  Work.moving(3600).withFlops(300));
            }));
    return cases;
  }

  /** Random rows of a size and type, compared with the hash in Java. */
  public static KernelCase dropout(MatrixSize size, ElementType type) {
    return KernelCase.of(
        "dropout",
        size.rows() + " x " + size.columns() + " " + type,
        (bench, numbers) -> {
          float[] x = numbers.bfloat16(size.rows() * size.columns(), 1);
          DeviceMemory memory = bench.typed(type, x);
          DropoutKernel kernel = new DropoutKernel(bench.library());
          var mask = new DropoutKernel.Mask(-987654321987L, 0.25, 5);
          float[] expected = new float[x.length];
          for (int i = 0; i < x.length; i++) {
            long row = mix(mask.seed() + 0x9E3779B97F4A7C15L * (i / size.columns() + 6));
            boolean dropped = mix(row + i % size.columns()) >>> 33 < 0x1p29;
            expected[i] = dropped ? 0 : x[i] / 0.75f;
          }
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), memory, type, mask, size),
              Output.of(
                  "x",
                  Format.of(type),
                  memory,
                  type == ElementType.F32 ? Tolerance.FLOAT32 : Tolerance.ONE_ROUNDING,
                  () -> expected),
              Work.moving((long) x.length * type.byteSize()));
        });
  }

  private static long mix(long x) {
    long z = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Random elements, the first of them extremes. */
  public static KernelCase activation(ActivationBackwardKernel.Activation activation, int count) {
    return KernelCase.of(
        "activation_backward",
        activation + " of " + count,
        (bench, numbers) -> {
          float[] x = numbers.normal(count, 3);
          for (int i = 0; i < Math.min(8, count); i++) {
            x[i] = new float[] {0, -0f, 1e-20f, -12, 12, -1e10f, 1e10f, 0.5f}[i];
          }
          float[] gradOut = numbers.normal(count, 1);
          DeviceMemory out = bench.floats(gradOut);
          DeviceMemory from = bench.floats(x);
          var kernel = new ActivationBackwardKernel(bench.library(), activation);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, out, from, count),
              Output.of(
                  "gradX",
                  Format.FLOAT32,
                  out.slice(0, 4L * count),
                  Tolerance.FLOAT32,
                  () -> expected(activation, gradOut, x)),
              Work.moving(12L * count).withFlops(3L * count).withSpecials(2L * count));
        });
  }

  private static float[] expected(
      ActivationBackwardKernel.Activation activation, float[] gradOut, float[] x) {
    float[] expected = new float[x.length];
    switch (activation) {
      case GELU -> ActivationBackwardReference.gelu(expected, gradOut, x);
      case SILU -> ActivationBackwardReference.silu(expected, gradOut, x);
    }
    return expected;
  }

  /** Random rows of F columns. */
  public static KernelCase geglu(MatrixSize size) {
    return KernelCase.of(
        "geglu_backward",
        size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          int count = size.rows() * size.columns();
          float[] gateUp = numbers.bfloat16(2 * count, 2);
          float[] gradOut = numbers.normal(count, 1);
          DeviceMemory out = bench.empty(ElementType.BF16, 2L * count);
          DeviceMemory grad = bench.floats(gradOut);
          DeviceMemory from = bench.bfloat16(gateUp);
          GegluBackwardKernel kernel = new GegluBackwardKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, grad, from, size),
              Output.of(
                  "gradGateUp",
                  Format.BFLOAT16,
                  out.slice(0, 4L * count),
                  Tolerance.ONE_ROUNDING,
                  () -> geglu(gateUp, gradOut, size.columns())),
              Work.moving(12L * count).withFlops(10L * count).withSpecials(2L * count));
        });
  }

  private static float[] geglu(float[] gateUp, float[] gradOut, int columns) {
    float[] gate = half(gateUp, 0, columns);
    float[] up = half(gateUp, columns, columns);
    var gradients =
        new GegluBackwardReference.Gradients(new float[gate.length], new float[gate.length]);
    GegluBackwardReference.apply(gradients, gradOut, gate, up);
    float[] fused = new float[gateUp.length];
    for (int i = 0; i < gate.length; i++) {
      int at = i / columns * 2 * columns + i % columns;
      fused[at] = gradients.gate()[i];
      fused[at + columns] = gradients.up()[i];
    }
    return fused;
  }

  private static float[] half(float[] rows, int from, int columns) {
    float[] half = new float[rows.length / 2];
    for (int i = 0; i < half.length; i++) {
      half[i] = rows[i / columns * 2 * columns + from + i % columns];
    }
    return half;
  }

  /** Random rows of three rotated heads and values. */
  public static KernelCase rope(int rows, int headSize) {
    return KernelCase.of(
        "rope_backward",
        rows + " rows of heads of " + headSize,
        (bench, numbers) -> {
          int columns = 4 * headSize; // three rotated heads, then values
          float[] grad = numbers.normal(rows * columns, 1);
          int[] positions = numbers.integers(rows, 0, 600);
          DeviceMemory memory = bench.floats(grad);
          DeviceMemory at = bench.integers(positions);
          var table = new RopeKernel.Table(bench.floats(RopeKernel.table(600, headSize)), 600);
          RopeBackwardKernel kernel = new RopeBackwardKernel(bench.library());
          var fused =
              new RopeBackwardKernel.Rows(memory, new MatrixSize(rows, columns), 3, headSize);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), fused, at, table),
              Output.of(
                  "gradX",
                  Format.FLOAT32,
                  memory,
                  Tolerance.FLOAT32,
                  () -> {
                    float[] expected = grad.clone();
                    RopeBackwardReference.apply(
                        expected, positions, new RopeReference.Shape(columns, 3, headSize));
                    return expected;
                  }),
              Work.moving(6L * grad.length).withFlops(9L * grad.length / 4));
        });
  }

  /** Random rows; the first is zero. */
  public static KernelCase l2Normalize(MatrixSize size) {
    return KernelCase.of(
        "l2_normalize_backward",
        size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          float[] x = numbers.normal(size.rows() * size.columns(), 2);
          java.util.Arrays.fill(x, 0, size.columns(), 0); // a row whose norm is clamped
          float[] gradOut = numbers.normal(x.length, 1);
          float[] unit = new float[x.length];
          float[] norms = new float[size.rows()];
          L2NormalizeReference.apply(unit, norms, x);
          DeviceMemory out = bench.empty(ElementType.F32, x.length);
          var operands =
              new L2NormalizeBackwardKernel.Operands(
                  bench.floats(gradOut), bench.floats(unit), bench.floats(norms));
          var kernel = new L2NormalizeBackwardKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, operands, size),
              Output.of(
                  "gradX",
                  Format.FLOAT32,
                  out,
                  // With one column the gradient cancels, and only rounding errors remain.
                  new Tolerance(1e-5, 1e-5),
                  () -> {
                    float[] expected = new float[x.length];
                    L2NormalizeBackwardReference.apply(expected, gradOut, x, size.columns());
                    return expected;
                  }),
              Work.moving(12L * x.length).withFlops(4L * x.length));
        });
  }
}
