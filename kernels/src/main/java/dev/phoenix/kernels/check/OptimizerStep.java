package dev.phoenix.kernels.check;

import dev.phoenix.kernels.OptimizerState;
import dev.phoenix.kernels.reference.GradientNormReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All tensors of an optimiser's step, and the rows of a table of 100. */
record OptimizerStep(
    Kind kind,
    List<float[]> parameters,
    List<float[]> means,
    List<float[]> squares,
    List<float[]> gradients,
    Rows rows) {
  static OptimizerStep random(Numbers numbers, Kind kind) {
    List<List<float[]>> lists = new ArrayList<>();
    for (int list = 0; list < 4; list++) {
      List<float[]> tensors = new ArrayList<>();
      for (int count : COUNTS) {
        float[] values = numbers.normal(count, 1);
        for (int i = 0; list == 2 && i < count; i++) {
          values[i] = Math.abs(values[i]);
        }
        tensors.add(values);
      }
      lists.add(tensors);
    }
    Rows rows = Rows.random(numbers);
    if (kind == Kind.NOT_FINITE) {
      lists.get(3).get(1)[4095] = Float.POSITIVE_INFINITY;
    }
    if (kind == Kind.ROW_NOT_FINITE) {
      rows.gradients()[USED * COLUMNS - 1] = Float.NaN;
    }
    return new OptimizerStep(kind, lists.get(0), lists.get(1), lists.get(2), lists.get(3), rows);
  }

  boolean finite() {
    return kind == Kind.WITHIN_THE_NORM || kind == Kind.CLIPPED;
  }

  OptimizerState.Settings settings() {
    float most = kind == Kind.CLIPPED ? 2 : 1e6f;
    return new OptimizerState.Settings(0.01f, 0.9f, 0.99f, 1e-8f, 0.1f, most, 0.5f, 1e-10f);
  }

  double norm() {
    List<float[]> all = new ArrayList<>(gradients);
    all.add(Arrays.copyOf(rows.gradients(), USED * COLUMNS));
    return GradientNormReference.apply(all);
  }

  float factor() {
    return (float) GradientNormReference.clipFactor(norm(), settings().mostNorm());
  }

  static final int[] COUNTS = {1, 4096, 4097, 130};
  static final int COLUMNS = 33;
  static final int SLOTS = 40;
  static final int USED = 35;

  /** Kind of the gradients. */
  enum Kind {
    WITHIN_THE_NORM,
    CLIPPED,
    NOT_FINITE,
    ROW_NOT_FINITE,
    LOSS_NOT_FINITE
  }

  /** Rows of a table, and gradients, with some unused slots. */
  record Rows(float[] table, float[] accumulators, int[] rows, float[] gradients) {
    static Rows random(Numbers numbers) {
      int[] rows = new int[SLOTS];
      Arrays.setAll(rows, i -> (7 * i + 3) % 100);
      float[] accumulators = numbers.uniform(100);
      accumulators[rows[0]] = 0;
      return new Rows(
          numbers.normal(100 * COLUMNS, 1), accumulators, rows, numbers.normal(SLOTS * COLUMNS, 1));
    }
  }
}
