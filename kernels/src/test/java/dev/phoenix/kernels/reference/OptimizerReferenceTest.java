package dev.phoenix.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerReferenceTest {
  /** With bias correction the size of the first step is the learning rate, independent of g. */
  @Test
  void adamWStepsByTheLearningRate() {
    float[] parameters = {1, -2, 0};
    var moments = new AdamWReference.Moments(new float[3], new float[3]);
    var settings = new AdamWReference.Settings(0.5, 0.9, 0.99, 0, 0.25);
    AdamWReference.apply(parameters, moments, new float[] {4, -1e-3f, 7}, settings, 1);
    assertArrayEquals(new float[] {1 - 0.5f - 0.125f, -2 + 0.5f + 0.25f, -0.5f}, parameters, 1e-6f);
    assertArrayEquals(new float[] {0.4f, -1e-4f, 0.7f}, moments.mean(), 1e-6f);
    assertArrayEquals(new float[] {0.16f, 1e-8f, 0.49f}, moments.meanSquare(), 1e-6f);
  }

  /** The second step, by hand: m = 0.9 0.1 + 0.1 2, v = 0.99 0.01 + 0.01 4. */
  @Test
  void adamWCorrectsItsBias() {
    float[] parameters = {1};
    var moments = new AdamWReference.Moments(new float[] {0.1f}, new float[] {0.01f});
    var settings = new AdamWReference.Settings(0.1, 0.9, 0.99, 1e-8, 0);
    AdamWReference.apply(parameters, moments, new float[] {2}, settings, 2);
    double mean = 0.29 / (1 - 0.81);
    double square = 0.0499 / (1 - 0.9801);
    assertEquals(1 - 0.1 * mean / Math.sqrt(square), parameters[0], 1e-6);
  }

  @Test
  void rowwiseAdagradMovesTheRowsUsed() {
    float[] table = {1, 1, 2, 2, 3, 3};
    float[] accumulators = {5, 0, 11};
    var used =
        new EmbeddingGatherBackwardReference.RowGradients(
            new int[] {1, 2}, new float[] {3, -4, 1, 3});
    RowwiseAdagradReference.apply(
        table, accumulators, used, new RowwiseAdagradReference.Settings(2, 0));
    assertArrayEquals(new float[] {5, 12.5f, 16}, accumulators);
    float rate = (float) (2 / Math.sqrt(12.5));
    assertArrayEquals(new float[] {1, 1, 2 - 3 * rate, 2 + 4 * rate, 2.5f, 1.5f}, table, 1e-6f);
  }

  @Test
  void clippingKeepsShortGradientsAndShowsWhatIsNotFinite() {
    double norm = GradientNormReference.apply(List.of(new float[] {3}, new float[] {0, 4}));
    assertEquals(5, norm);
    assertEquals(1, GradientNormReference.clipFactor(norm, 5));
    assertEquals(0.2, GradientNormReference.clipFactor(norm, 1), 1e-12);
    assertTrue(Double.isNaN(GradientNormReference.apply(List.of(new float[] {1, Float.NaN}))));
  }
}
