package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.CandidateFeaturesReference;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the features of candidate tokens, float32 at every precision. */
@ParameterizedClass
@EnumSource(Backend.class)
class CandidateFeaturesContractTest {
  private static final int[] ROWS = {0, 1, 8, 33};
  private static final int SURFACES = 5;

  private final Workbench bench;
  private final Ops ops;

  CandidateFeaturesContractTest(Backend backend) {
    bench = new Workbench(backend, "candidate features");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  @Test
  void candidateTokensGetTheirFeatures() {
    for (int columns : Workbench.SIZES) {
      for (int rows : ROWS) {
        float[] surfaces = bench.normal(SURFACES * columns);
        float[] ages = bench.normal(7 * columns);
        int[] surface = bench.random.ints(rows, 0, SURFACES).toArray();
        int[] age = bench.random.ints(rows, 0, 7).toArray();
        float[] expected = bench.normal(rows * columns);
        Tensor tokens = bench.tensor(rows, columns, expected);
        CandidateFeaturesReference.apply(
            expected,
            new CandidateFeaturesReference.Features(surface, age),
            new CandidateFeaturesReference.Tables(surfaces, ages));
        ops.addCandidateFeatures(
            tokens,
            new IndexedRows(bench.tensor(SURFACES, columns, surfaces), surface),
            new IndexedRows(bench.tensor(7, columns, ages), Arrays.copyOf(age, rows + 1)));
        double allowed = 3 * 16 * Closeness.FLOAT_ROUNDING;
        Closeness.assertWithin("tokens " + tokens, expected, tokens.toArray(), i -> allowed);
      }
    }
  }

  @Test
  void indicesOutsideTheSmallTablesAreRefused() {
    Tensor tokens = bench.tensor(2, 3, new float[6]);
    Tensor table = bench.tensor(4, 3, new float[12]);
    IndexedRows inside = new IndexedRows(table, new int[2]);
    for (int[] rows : new int[][] {{0, 4}, {-1, 0}, {0}}) {
      IndexedRows outside = new IndexedRows(table, rows);
      assertThrows(
          IllegalArgumentException.class, () -> ops.addCandidateFeatures(tokens, inside, outside));
      assertThrows(
          IllegalArgumentException.class, () -> ops.addCandidateFeatures(tokens, outside, inside));
    }
  }
}
