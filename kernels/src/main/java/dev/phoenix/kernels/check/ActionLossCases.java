package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ActionLossKernel;
import dev.phoenix.kernels.ColumnSumKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.ContinuousLossReference;
import dev.phoenix.kernels.reference.SigmoidCrossEntropyReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code action_loss}. */
public final class ActionLossCases {
  private static final int ACTIONS = 19;
  private static final int COLUMNS = ACTIONS + 8;

  private ActionLossCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (var distance : ContinuousLossReference.Distance.values()) {
      cases.add(of(16, 11, distance, 0.5f));
    }
    cases.add(of(1, 1, ContinuousLossReference.Distance.MAE, 0));
    cases.add(of(64, 60, ContinuousLossReference.Distance.MSE, 2));
    return cases;
  }

  /** Random logits: {@code used} candidates of {@code rows}, a third of them sampled negatives. */
  public static KernelCase of(
      int rows, int used, ContinuousLossReference.Distance distance, float weight) {
    return new KernelCase(
        List.of("action_loss", "column_sum"),
        used + " of " + rows + " rows, " + weight + " " + distance,
        (bench, numbers) -> {
          float[] logits = numbers.normal(rows * COLUMNS, 3);
          logits[0] = 50;
          boolean[] shown = numbers.mostly(rows, 3);
          boolean[] sampled = new boolean[used];
          for (int i = 0; i < used; i++) {
            sampled[i] = !shown[i];
          }
          float[] actions = new float[rows * ACTIONS];
          int[] drawn = numbers.integers(actions.length, 0, 2);
          for (int i = 0; i < actions.length; i++) {
            actions[i] = drawn[i];
          }
          Candidates candidates =
              new Candidates(logits, actions, sampled, numbers.uniform(rows), rows);
          return prepare(bench, candidates, distance, weight);
        });
  }

  private record Candidates(
      float[] logits, float[] actions, boolean[] sampled, float[] dwell, int rows) {
    int used() {
      return sampled.length;
    }

    int withDwell() {
      int count = 0;
      for (boolean one : sampled) {
        count += one ? 0 : 1;
      }
      return count;
    }
  }

  private static PreparedCase prepare(
      Workbench bench,
      Candidates candidates,
      ContinuousLossReference.Distance distance,
      float weight) {
    MatrixSize size = new MatrixSize(candidates.rows(), COLUMNS);
    int blocks = ActionLossKernel.partials(size);
    DeviceMemory loss = bench.floats(0);
    var results =
        new ActionLossKernel.Results(
            bench.empty(ElementType.F32, candidates.logits().length),
            bench.empty(ElementType.F32, blocks),
            bench.floats(candidates.logits()));
    var targets =
        new ActionLossKernel.Targets(
            bench.floats(candidates.actions()),
            bench.flags(Arrays.copyOf(candidates.sampled(), candidates.rows())),
            bench.floats(candidates.dwell()),
            bench.integers(candidates.used()));
    ActionLossKernel.Constants constants = constants(candidates, distance, weight);
    ActionLossKernel kernel = new ActionLossKernel(bench.library());
    ColumnSumKernel sum = new ColumnSumKernel(bench.library());
    float[] expected = new float[candidates.logits().length];
    double expectedLoss = expected(expected, candidates, distance, weight);
    return new PreparedCase(
        () -> {
          kernel.launch(bench.stream(), results, targets, constants, size);
          sum.launch(bench.stream(), loss, results.partials(), new MatrixSize(blocks, 1));
        },
        List.of(
            floats("gradLogits", results.gradLogits(), expected),
            floats("loss", loss, (float) expectedLoss)),
        Work.moving(4L * expected.length));
  }

  private static Output floats(String name, DeviceMemory memory, float... expected) {
    return Output.of(name, Format.FLOAT32, memory, Tolerance.FLOAT32, () -> expected);
  }

  private static ActionLossKernel.Constants constants(
      Candidates candidates, ContinuousLossReference.Distance distance, float weight) {
    return new ActionLossKernel.Constants(
        ACTIONS,
        14,
        17,
        ACTIONS + 1,
        List.of(ContinuousLossReference.Distance.values()).indexOf(distance),
        1f / candidates.used(),
        weight / Math.max(1, candidates.withDwell()));
  }

  private static double expected(
      float[] gradient,
      Candidates candidates,
      ContinuousLossReference.Distance distance,
      float weight) {
    int used = candidates.used();
    boolean[] feedback = new boolean[ACTIONS];
    Arrays.fill(feedback, 14, 18, true);
    float[] gradActions = new float[used * ACTIONS];
    float[] gradOutputs = new float[used * 8];
    double loss =
        SigmoidCrossEntropyReference.apply(
                gradActions,
                columns(candidates.logits(), used, 0, ACTIONS),
                new SigmoidCrossEntropyReference.Targets(
                    candidates.actions(), candidates.sampled(), feedback))
            + ContinuousLossReference.apply(
                gradOutputs,
                columns(candidates.logits(), used, ACTIONS, 8),
                new ContinuousLossReference.Targets(
                    Arrays.copyOf(candidates.dwell(), used),
                    candidates.sampled(),
                    1,
                    distance,
                    weight));
    for (int row = 0; row < used; row++) {
      System.arraycopy(gradActions, row * ACTIONS, gradient, row * COLUMNS, ACTIONS);
      System.arraycopy(gradOutputs, row * 8, gradient, row * COLUMNS + ACTIONS, 8);
    }
    return loss;
  }

  private static float[] columns(float[] rows, int count, int from, int width) {
    float[] part = new float[count * width];
    for (int row = 0; row < count; row++) {
      System.arraycopy(rows, row * COLUMNS + from, part, row * width, width);
    }
    return part;
  }
}
