package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.CandidateFeaturesReference;
import dev.phoenix.kernels.reference.HistoryFeaturesReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.RowNumbers;
import dev.phoenix.ops.RowSource;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Token features and output heads by their reference definitions. */
final class ReferenceFeatures {
  private ReferenceFeatures() {}

  static float[] gather(Tensor out, HostRows table, RowNumbers numbers) {
    int parts = Operands.requireParts(out, table);
    float[] rows = new float[out.rows() * out.columns()];
    for (int i = 0; i < out.rows() * parts; i++) {
      table.copyRow(numbers.number(i / parts, i % parts), rows, i * table.columns());
    }
    return rows;
  }

  static void addHistory(
      ReferenceTensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features) {
    int rows = tokens.rows();
    HistoryFeatureTables.Dwell dwell = tables.dwell();
    RowSource seconds = features.dwell();
    float[] sum = tokens.values();
    HistoryFeaturesReference.apply(
        sum,
        new HistoryFeaturesReference.Features(
            gathered(features.actions(), rows, tables.actions().shape().rows()),
            indices(tokens, features.surfaces()),
            gathered(seconds, rows, 1)),
        new HistoryFeaturesReference.Tables(
            ReferenceWeight.of(tables.actions()).values(),
            ReferenceTensor.of(features.surfaces().table()).values(),
            dwell == null || seconds == null
                ? new float[0]
                : ReferenceWeight.of(dwell.in()).values(),
            dwell == null || seconds == null
                ? new float[0]
                : ReferenceWeight.of(dwell.out()).values()));
    tokens.set(sum);
  }

  private static float[] gathered(@Nullable RowSource source, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int row = 0; source != null && row < rows; row++) {
      source.copyRow(row, values, row * columns);
    }
    return values;
  }

  private static int[] indices(Tensor tokens, IndexedRows rows) {
    Operands.requireColumns(tokens, rows.table());
    Operands.requireRows(rows.rows(), tokens.rows(), rows.table().rows());
    return Arrays.copyOf(rows.rows(), tokens.rows());
  }

  static void addCandidate(ReferenceTensor tokens, IndexedRows surfaces, IndexedRows ages) {
    float[] sum = tokens.values();
    CandidateFeaturesReference.apply(
        sum,
        new CandidateFeaturesReference.Features(indices(tokens, surfaces), indices(tokens, ages)),
        new CandidateFeaturesReference.Tables(
            ReferenceTensor.of(surfaces.table()).values(),
            ReferenceTensor.of(ages.table()).values()));
    tokens.set(sum);
  }

  static void score(
      Tensor probabilities, Tensor logits, ReferenceTensor hidden, Weight scale, Weight head) {
    Operands.requireScale(hidden, scale);
    Shape shape = head.shape();
    if (shape.rows() != hidden.columns()
        || logits.columns() != shape.columns()
        || probabilities.columns() != shape.columns()) {
      throw new IllegalArgumentException(
          "%s cannot be scored by a head %s into %s and %s"
              .formatted(hidden, shape, logits, probabilities));
    }
    float[] normed = new float[hidden.rows() * hidden.columns()];
    RmsNormReference.apply(normed, hidden.values(), ReferenceWeight.of(scale).values());
    float[] scores = new float[hidden.rows() * shape.columns()];
    MatmulReference.apply(
        scores,
        normed,
        ReferenceWeight.of(head).values(),
        new MatmulReference.Shape(hidden.rows(), shape.rows(), shape.columns()));
    logits.useRows(hidden.rows());
    logits.set(scores);
    ActivationReference.sigmoid(scores, scores);
    probabilities.useRows(hidden.rows());
    probabilities.set(scores);
  }
}
