package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests norm, product and sigmoid of the output heads, float32 at every precision. */
@ParameterizedClass
@EnumSource(Backend.class)
class ActionHeadsContractTest {
  private static final int[] ROWS = {0, 1, 8, 33};

  private final Workbench bench;
  private final Ops ops;

  ActionHeadsContractTest(Backend backend) {
    bench = new Workbench(backend, "heads");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /**
   * A logit has the rounding error of its sum; a probability has a quarter of that plus its own.
   */
  @Test
  void theHeadsNormMultiplyAndSquash() {
    for (int rows : ROWS) {
      for (int columns : new int[] {1, 17, 64}) {
        for (int actions : new int[] {1, 27, 33}) {
          float[] hidden = bench.normal(rows * columns);
          float[] scale = bench.normal(columns);
          float[] head = bench.normal(columns * actions);
          float[] normed = new float[hidden.length];
          RmsNormReference.apply(normed, hidden, scale);
          var shape = new MatmulReference.Shape(rows, columns, actions);
          float[] logits = new float[rows * actions];
          float[] sizes = new float[logits.length];
          MatmulReference.apply(logits, normed, head, shape);
          MatmulReference.apply(sizes, Workbench.absolute(normed), Workbench.absolute(head), shape);
          float[] expected = new float[logits.length];
          ActivationReference.sigmoid(expected, logits);
          Tensor probabilities = bench.stale(1, actions);
          Tensor scores = bench.stale(2, actions);
          ops.actionHeads(
              probabilities,
              scores,
              bench.tensor(rows, columns, hidden),
              ops.scale(bench.scope, scale),
              ops.floatMatrix(bench.scope, new Shape(columns, actions), head));
          double roundings = 2 * columns + 12;
          Closeness.assertWithin(
              "logits " + scores,
              logits,
              scores.toArray(),
              i -> roundings * Closeness.FLOAT_ROUNDING * sizes[i]);
          Closeness.assertWithin(
              "probabilities " + probabilities,
              expected,
              probabilities.toArray(),
              i -> Closeness.FLOAT_ROUNDING * (roundings * sizes[i] / 4 + 20));
        }
      }
    }
  }

  @Test
  void aRowIsScoredAlikeAloneAndAmongOthers() {
    float[] hidden = bench.normal(9 * 33);
    Weight scale = ops.scale(bench.scope, bench.normal(33));
    Weight head = ops.floatMatrix(bench.scope, new Shape(33, 27), bench.normal(33 * 27));
    float[] together = scores(hidden, scale, head);
    for (int row = 0; row < 9; row++) {
      float[] alone = scores(Arrays.copyOfRange(hidden, row * 33, (row + 1) * 33), scale, head);
      Closeness.assertSame(
          "row " + row, Arrays.copyOfRange(together, row * 27, (row + 1) * 27), alone);
    }
  }

  private float[] scores(float[] hidden, Weight scale, Weight head) {
    Tensor logits = bench.stale(1, 27);
    ops.actionHeads(
        bench.stale(1, 27), logits, bench.tensor(hidden.length / 33, 33, hidden), scale, head);
    return logits.toArray();
  }

  @Test
  void headsThatDoNotFitAreRefused() {
    Tensor hidden = bench.tensor(1, 3, new float[3]);
    Tensor out = bench.stale(1, 4);
    Weight scale = ops.scale(bench.scope, new float[3]);
    Weight head = ops.floatMatrix(bench.scope, new Shape(3, 5), new float[15]);
    assertThrows(
        IllegalArgumentException.class, () -> ops.actionHeads(out, out, hidden, scale, head));
    Weight wide = ops.scale(bench.scope, new float[4]);
    Weight fitting = ops.floatMatrix(bench.scope, new Shape(3, 4), new float[12]);
    assertThrows(
        IllegalArgumentException.class, () -> ops.actionHeads(out, out, hidden, wide, fitting));
  }
}
