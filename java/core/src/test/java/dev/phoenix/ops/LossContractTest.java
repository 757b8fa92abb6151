package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.kernels.reference.ContinuousLossReference;
import dev.phoenix.kernels.reference.SigmoidCrossEntropyReference;
import dev.phoenix.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the losses and their gradients. The tests of training cover the whole loss of the two
 * towers.
 */
@ParameterizedClass
@EnumSource(GradientBackend.class)
class LossContractTest {
  private static final double BOUND = 2e-6;
  private static final int ACTIONS = 19;

  private final GradientWorkbench bench;
  private final GradientOps ops;

  LossContractTest(GradientBackend backend) {
    bench = new GradientWorkbench(backend, "losses");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  @Test
  void actionLoss() {
    int rows = 37;
    int outputs = ACTIONS + 8;
    float[] logits = bench.values(rows * outputs);
    logits[0] = 80;
    logits[1] = -80;
    float[] targets = new float[rows * ACTIONS];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = bench.random.nextInt(2);
    }
    boolean[] sampled = new boolean[rows];
    float[] dwell = new float[rows];
    int kept = 0;
    for (int row = 0; row < rows; row++) {
      sampled[row] = bench.random.nextInt(3) == 0;
      dwell[row] = bench.random.nextFloat();
      kept += sampled[row] ? 0 : 1;
    }
    boolean[] feedback = new boolean[ACTIONS];
    for (int action = 14; action <= 17; action++) {
      feedback[action] = true;
    }
    float[] discrete = new float[rows * ACTIONS];
    float[] dDiscrete = new float[discrete.length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(logits, row * outputs, discrete, row * ACTIONS, ACTIONS);
    }
    double crossEntropy =
        SigmoidCrossEntropyReference.apply(
            dDiscrete,
            discrete,
            new SigmoidCrossEntropyReference.Targets(targets, sampled, feedback));
    for (ContinuousLoss continuous : ContinuousLoss.values()) {
      var distance = ContinuousLossReference.Distance.valueOf(continuous.name());
      float[] expected = new float[logits.length];
      double loss =
          crossEntropy
              + ContinuousLossReference.apply(
                  expected,
                  logits,
                  new ContinuousLossReference.Targets(dwell, sampled, ACTIONS + 1, distance, 0.5f));
      for (int row = 0; row < rows; row++) {
        System.arraycopy(dDiscrete, row * ACTIONS, expected, row * outputs, ACTIONS);
      }
      Tensor found = bench.stale(1, outputs);
      LossSum sum = ops.lossSum(bench.scope);
      ops.actionLoss(
          found,
          bench.tensor(rows, outputs, logits),
          new ActionTargets(ACTIONS, targets, sampled, dwell, 1.0 / rows, 0.5 / kept, continuous),
          sum);
      assertEquals(loss, sum.loss(), BOUND * loss, distance + " loss");
      GradientWorkbench.assertClose(distance + " gradient", expected, found.toArray(), BOUND);
    }
  }

  /** Two queries over four columns, with expected values computed in double. */
  @Test
  void sampledSoftmax() {
    float[] dots = {0.9f, -0.2f, 0.3f, 0.1f, 0.5f, 0.5f, -0.7f, 0.2f};
    double scale = 10;
    float out = Float.NEGATIVE_INFINITY;
    float[] bias = {0, (float) Math.log(2), 0, out};
    SoftmaxQueries queries =
        new SoftmaxQueries(
            bias,
            new int[] {0, 1, 2},
            new int[] {0, 3},
            new float[] {out, 0},
            new int[] {0, 2, 2},
            new int[] {0, 3},
            new float[] {0, -0.25f},
            new float[] {0.5f, 0.25f});
    double two = 2 * Math.exp(scale * -0.2f);
    double three = Math.exp(scale * 0.3f);
    double negatives = two + three;
    double zero = Math.exp(scale * 0.9f);
    double last = Math.exp(scale * 0.1f - 0.25);
    double loss =
        0.5 * (Math.log(zero + negatives) - scale * 0.9f)
            + 0.25 * (Math.log(last + negatives) - scale * 0.1f + 0.25);
    double share = 0.5 / (zero + negatives) + 0.25 / (last + negatives);
    float[] expected = {
      (float) (scale * 0.5 * (zero / (zero + negatives) - 1)),
      (float) (scale * two * share),
      (float) (scale * three * share),
      (float) (scale * 0.25 * (last / (last + negatives) - 1)),
      0,
      0,
      0,
      0
    };
    double slope = 0;
    for (int i = 0; i < 4; i++) {
      slope -= expected[i] * dots[i];
    }
    Tensor x = bench.tensor(2, 4, dots);
    Trainable logTemperature = bench.scale(new float[] {(float) -Math.log(scale)});
    LossSum sum = ops.lossSum(bench.scope);
    ops.sampledSoftmax(x, queries, 0, logTemperature, sum);
    assertEquals(loss, sum.loss(), 1e-5);
    assertEquals(slope, sum.slope(), 1e-4);
    logTemperature.gradient().set(new float[] {2});
    ops.addTemperatureGradient(logTemperature, sum);
    assertEquals(2 + slope, logTemperature.gradient().toArray()[0], 1e-4);
    sum.clear();
    assertEquals(0, sum.loss());
    GradientWorkbench.assertClose("gradient", expected, x.toArray(), 1e-5);
  }
}
