package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.kernels.check.TopKCases.Scan;
import dev.phoenix.kernels.reference.TopKReference;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopKTest {
  /** Inexact scores: one user at a time must give the same bits as several users at once. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void scoresAUserAlikeWhateverElseIsAsked(String device) {
    Numbers numbers = Numbers.of(Numbers.seed(), "top_k users apart");
    try (DeviceBench on = DeviceBench.open(device)) {
      TopKKernel.Size size = new TopKKernel.Size(18, 300, 130, 20, ElementType.F32);
      float[] users = numbers.normal(18 * 130, 1);
      float[] corpus = numbers.normal(300 * 130, 1);
      List<double[]> together = scanned(on, new Scan(size, users, corpus, null));
      TopKKernel.Size one = new TopKKernel.Size(1, 300, 130, 20, ElementType.F32);
      for (int user = 0; user < 18; user++) {
        float[] vector = Arrays.copyOfRange(users, user * 130, (user + 1) * 130);
        List<double[]> apart = scanned(on, new Scan(one, vector, corpus, null));
        for (int output = 0; output < 2; output++) {
          double[] part = Arrays.copyOfRange(together.get(output), user * 20, (user + 1) * 20);
          assertArrayEquals(apart.get(output), part, "user " + user);
        }
      }
    }
  }

  /** Tests the reference with ties, masks and NaN. */
  @Test
  void expectsMaskedBeforeNanAndNothingBehindTheLast() {
    float inf = Float.POSITIVE_INFINITY;
    float[] corpus = {1, Float.NaN, -inf, 3, inf, -1e13f};
    TopKKernel.Size size = new TopKKernel.Size(1, 6, 1, 8, ElementType.F32);
    boolean[] open = {true, true, true, false, true, true};
    TopKReference.Result expected = new Scan(size, new float[] {1}, corpus, open).expected();
    assertArrayEquals(new int[] {4, 0, 3, 5, 2, 1, -1, -1}, expected.indices());
    assertArrayEquals(
        new float[] {inf, 1, -1e12f, -1e13f, -inf, Float.NaN, -inf, -inf}, expected.scores());
  }

  private static List<double[]> scanned(DeviceBench on, Scan scan) {
    PreparedCase prepared = TopKCases.prepare(on.bench(), scan);
    prepared.launch().run();
    List<double[]> found = prepared.outputs().stream().map(on.bench()::read).toList();
    on.bench().clear();
    return found;
  }
}
