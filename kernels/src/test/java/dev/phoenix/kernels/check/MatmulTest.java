package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.reference.MatmulReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Matrix products of a device: their results, and that a row's bits do not depend on the other
 * rows.
 */
class MatmulTest {
  /** Values of M for which a library would choose different algorithms. */
  private static final int[] ROWS = {1, 7, 16, 64, 65, 128, 200, 512, 1024, 1040};

  /** Types of the operands and of the result. */
  private record Types(ElementType in, ElementType out) {
    static List<Types> all() {
      return List.of(
          new Types(ElementType.BF16, ElementType.BF16),
          new Types(ElementType.BF16, ElementType.F32),
          new Types(ElementType.F32, ElementType.F32));
    }

    MatmulShape shape(int rows, int columns, int depth) {
      return MatmulShape.dense(new Size(rows, columns, depth), in, out);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void multipliesEveryType(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "matmul");
    try (DeviceBench on = DeviceBench.open(device)) {
      for (Types types : Types.all()) {
        for (int[] size : new int[][] {{1, 8, 8}, {16, 27, 128}, {33, 384, 128}, {64, 128, 512}}) {
          MatmulShape shape = types.shape(size[0], size[1], size[2]);
          check(on, shape, operand(numbers, shape.byteSizeOfA(), types.in()), numbers);
        }
      }
    }
  }

  private static float[] operand(Numbers numbers, long bytes, ElementType type) {
    int count = (int) (bytes / type.byteSize());
    return type == ElementType.BF16 ? numbers.bfloat16(count, 1) : numbers.normal(count, 1);
  }

  private static void check(DeviceBench on, MatmulShape shape, float[] a, Numbers numbers) {
    ElementType in = shape.a().type();
    ElementType out = shape.c().type();
    float[] b = operand(numbers, shape.byteSizeOfB(), in);
    float[] expected = new float[shape.size().m() * shape.size().n()];
    float[] before = operand(numbers, shape.byteSizeOfC(), out);
    MatmulReference.apply(
        expected,
        a,
        b,
        new MatmulReference.Shape(shape.size().m(), shape.size().k(), shape.size().n()));
    // A float32 sum of K terms around 1, with partial sums around sqrt(K).
    double summed = shape.size().k() * Math.sqrt(shape.size().k()) * 0x1p-23;
    Tolerance tolerance =
        (out == ElementType.BF16 ? Tolerance.ONE_ROUNDING : Tolerance.FLOAT32).plus(summed);
    DeviceMemory onA = on.bench().typed(in, a);
    DeviceMemory onB = on.bench().typed(in, b);
    DeviceMemory stored = on.bench().empty(out, expected.length);
    DeviceMemory added = on.bench().typed(out, before);
    try (Matmul plan = on.device().planMatmul(shape)) {
      plan.run(on.bench().stream(), stored, onA, onB);
      plan.runAdding(on.bench().stream(), added, onA, onB);
      check(tolerance, "" + shape, expected, read(on, out, stored, expected.length));
      for (int i = 0; i < expected.length; i++) {
        expected[i] += before[i];
      }
      check(tolerance, shape + " added", expected, read(on, out, added, expected.length));
    }
    on.bench().clear();
  }

  /**
   * Uses the values of N, K and the types of the model, with candidates batched in different ways.
   */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void aRowHasTheSameBitsInEveryBatch(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "matmul rows");
    try (DeviceBench on = DeviceBench.open(device)) {
      for (Types types : Types.all()) {
        for (int[] size : new int[][] {{384, 128}, {128, 176}, {27, 128}, {136, 520}}) {
          int most = ROWS[ROWS.length - 1];
          MatmulShape whole = types.shape(most, size[0], size[1]);
          float[] a = operand(numbers, whole.byteSizeOfA(), types.in());
          float[] b = operand(numbers, whole.byteSizeOfB(), types.in());
          float[] expected = multiply(on, whole, a, b);
          for (int rows : ROWS) {
            MatmulShape shape = types.shape(rows, size[0], size[1]);
            float[] found = multiply(on, shape, Arrays.copyOf(a, rows * size[1]), b);
            assertArrayEquals(Arrays.copyOf(expected, rows * size[0]), found, 0f, "" + shape);
          }
        }
      }
    }
  }

  private static float[] multiply(DeviceBench on, MatmulShape shape, float[] a, float[] b) {
    ElementType in = shape.a().type();
    int count = shape.size().m() * shape.size().n();
    DeviceMemory onA = on.bench().typed(in, a);
    DeviceMemory onB = on.bench().typed(in, b);
    DeviceMemory onC = on.bench().empty(shape.c().type(), count);
    try (Matmul plan = on.device().planMatmul(shape)) {
      plan.run(on.bench().stream(), onC, onA, onB);
      return read(on, shape.c().type(), onC, count);
    } finally {
      on.bench().clear();
    }
  }

  /** A row's result must not depend on its index in the batch or on the other rows. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void aRowHasTheSameBitsInEveryPlace(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "matmul places");
    int rows = 300;
    int depth = 128;
    int width = 136;
    try (DeviceBench on = DeviceBench.open(device)) {
      for (Types types : Types.all()) {
        MatmulShape shape = types.shape(rows, width, depth);
        float[] a = operand(numbers, shape.byteSizeOfA(), types.in());
        for (int row = 0; row < rows; row += 3) {
          System.arraycopy(a, 0, a, row * depth, depth);
        }
        float[] b = operand(numbers, shape.byteSizeOfB(), types.in());
        float[] c = multiply(on, shape, a, b);
        for (int row = 0; row < rows; row += 3) {
          float[] found = Arrays.copyOfRange(c, row * width, (row + 1) * width);
          assertArrayEquals(Arrays.copyOf(c, width), found, 0f, "row " + row);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void multipliesStoredTransposesAndBatches(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "matmul layouts");
    int batches = 3;
    try (DeviceBench on = DeviceBench.open(device)) {
      for (Types types : Types.all()) {
        MatmulShape shape =
            types
                .shape(17, 24, 40)
                .withB(MatrixLayout.denseTransposed(types.in(), 40, 24))
                .withBatches(batches);
        float[] a = operand(numbers, shape.byteSizeOfA(), types.in());
        float[] stored = operand(numbers, shape.byteSizeOfB(), types.in());
        float[] c = multiplyBatches(on, shape, a, stored);
        for (int batch = 0; batch < batches; batch++) {
          float[] expected = new float[17 * 24];
          MatmulReference.apply(
              expected,
              Arrays.copyOfRange(a, batch * 17 * 40, (batch + 1) * 17 * 40),
              transposed(Arrays.copyOfRange(stored, batch * 24 * 40, (batch + 1) * 24 * 40)),
              new MatmulReference.Shape(17, 40, 24));
          check(
              Tolerance.ONE_ROUNDING.plus(40 * 8 * 0x1p-23),
              "batch " + batch,
              expected,
              Arrays.copyOfRange(c, batch * expected.length, (batch + 1) * expected.length));
        }
      }
    }
  }

  private static float[] multiplyBatches(DeviceBench on, MatmulShape shape, float[] a, float[] b) {
    int count = shape.batches() * shape.size().m() * shape.size().n();
    DeviceMemory onC = on.bench().empty(shape.c().type(), count);
    DeviceMemory onA = on.bench().typed(shape.a().type(), a);
    DeviceMemory onB = on.bench().typed(shape.b().type(), b);
    try (Matmul plan = on.device().planMatmul(shape)) {
      plan.run(on.bench().stream(), onC, onA, onB);
      return read(on, shape.c().type(), onC, count);
    }
  }

  private static float[] transposed(float[] stored) {
    float[] operand = new float[stored.length];
    for (int column = 0; column < 24; column++) {
      for (int k = 0; k < 40; k++) {
        operand[k * 24 + column] = stored[column * 40 + k];
      }
    }
    return operand;
  }

  /** A plan has no state on the device, so two streams may run it at the same time. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void runsOfOnePlanMayOverlap(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "matmul streams");
    int streams = 4;
    try (DeviceBench on = DeviceBench.open(device)) {
      MatmulShape shape = new Types(ElementType.BF16, ElementType.F32).shape(512, 256, 512);
      int count = 512 * 256;
      float[] b = operand(numbers, shape.byteSizeOfB(), ElementType.BF16);
      DeviceMemory onB = on.bench().bfloat16(b);
      List<Stream> side = new ArrayList<>();
      List<DeviceMemory> inputs = new ArrayList<>();
      List<DeviceMemory> outputs = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        side.add(on.device().createStream());
        inputs.add(on.bench().bfloat16(operand(numbers, shape.byteSizeOfA(), ElementType.BF16)));
        outputs.add(on.bench().empty(ElementType.F32, count));
      }
      DeviceMemory alone = on.bench().empty(ElementType.F32, count);
      on.device().synchronize();
      try (Matmul plan = on.device().planMatmul(shape)) {
        for (int round = 0; round < 4; round++) {
          for (int i = 0; i < streams; i++) {
            plan.run(side.get(i), outputs.get(i), inputs.get(i), onB);
          }
        }
        on.device().synchronize();
        for (int i = 0; i < streams; i++) {
          plan.run(on.bench().stream(), alone, inputs.get(i), onB);
          float[] expected = on.bench().readFloats(alone, count);
          assertArrayEquals(
              expected, on.bench().readFloats(outputs.get(i), count), 0f, "stream " + i);
        }
      }
      side.forEach(Stream::close);
    }
  }

  private static float[] read(DeviceBench on, ElementType type, DeviceMemory memory, int count) {
    return type == ElementType.F32
        ? on.bench().readFloats(memory, count)
        : on.bench().readBfloat16(memory, count);
  }

  private static void check(Tolerance tolerance, String what, float[] expected, float[] found) {
    Comparison comparison =
        Comparison.of(Format.FLOAT32, Output.doubles(expected), Output.doubles(found), tolerance);
    assertTrue(comparison.passed(), () -> what + ": " + comparison.failure());
  }
}
