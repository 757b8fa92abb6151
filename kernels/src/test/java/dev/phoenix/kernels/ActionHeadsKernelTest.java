package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActionHeadsKernelTest {
  /** What the kernel gives. */
  private record Scores(float[] probabilities, float[] logits) {}

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void scoresEveryRow(String device) {
    Numbers numbers = Numbers.of("action_heads");
    try (Workbench bench = Workbench.on(device)) {
      for (int actions : new int[] {1, 8, 19, 31, 32, 33}) {
        for (int columns : new int[] {1, 33, 128, 1025}) {
          for (int rows : new int[] {1, 3, 4, 5}) {
            check(
                bench,
                numbers.bfloat16(rows * columns, 2),
                numbers.normal(columns, 1),
                numbers.normal(columns * actions, 1 / Math.sqrt(columns)));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void scoresARowAlikeWhateverStandsBesideIt(String device) {
    Numbers numbers = Numbers.of("action_heads alone");
    try (Workbench bench = Workbench.on(device)) {
      int columns = 128;
      float[] hidden = numbers.bfloat16(7 * columns, 2);
      hidden[columns] = Float.NaN;
      float[] scale = numbers.normal(columns, 1);
      float[] weights = numbers.normal(columns * 19, 1);
      Scores together = run(bench, hidden, scale, weights);
      for (int row = 0; row < 7; row++) {
        float[] one = Arrays.copyOfRange(hidden, row * columns, (row + 1) * columns);
        assertArrayEquals(
            Arrays.copyOfRange(together.logits(), row * 19, (row + 1) * 19),
            run(bench, one, scale, weights).logits(),
            "row " + row);
      }
    }
  }

  private static void check(Workbench bench, float[] hidden, float[] scale, float[] weights) {
    int columns = scale.length;
    int rows = hidden.length / columns;
    int actions = weights.length / columns;
    float[] normalised = new float[hidden.length];
    RmsNormReference.apply(normalised, hidden, scale);
    float[] logits = new float[rows * actions];
    MatmulReference.apply(
        logits, normalised, weights, new MatmulReference.Shape(rows, columns, actions));
    float[] probabilities = new float[logits.length];
    ActivationReference.sigmoid(probabilities, logits);
    Scores actual = run(bench, hidden, scale, weights);
    String what = rows + " x " + columns + " x " + actions;
    // Terms of size |x w| up to about 4 * 4 / sqrt(D), D of them in float32.
    Tolerance tolerance = Tolerance.FLOAT32.plus(16 * Math.sqrt(columns) * 0x1p-23);
    tolerance.check("logits " + what, logits, actual.logits());
    tolerance.check("probabilities " + what, probabilities, actual.probabilities());
  }

  private static Scores run(Workbench bench, float[] hidden, float[] scale, float[] weights) {
    int rows = hidden.length / scale.length;
    int actions = weights.length / scale.length;
    int scored = rows * actions;
    DeviceMemory probabilities = bench.empty(ElementType.F32, scored);
    DeviceMemory logits = bench.empty(ElementType.F32, scored);
    new ActionHeadsKernel(bench.library())
        .launch(
            bench.stream(),
            new ActionHeadsKernel.Outputs(probabilities, logits),
            new ActionHeadsKernel.Inputs(
                bench.bfloat16(hidden), bench.floats(scale), bench.floats(weights)),
            new MatrixSize(rows, scale.length),
            actions);
    Scores scores =
        new Scores(bench.readFloats(probabilities, scored), bench.readFloats(logits, scored));
    bench.clear();
    return scores;
  }
}
