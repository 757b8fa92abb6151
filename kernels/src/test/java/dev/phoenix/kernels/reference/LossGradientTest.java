package dev.phoenix.kernels.reference;

import static dev.phoenix.kernels.reference.FiniteDifferences.check;
import static dev.phoenix.kernels.reference.FiniteDifferences.normal;
import static dev.phoenix.kernels.reference.FiniteDifferences.widen;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.kernels.reference.ContinuousLossReference.Distance;
import dev.phoenix.kernels.reference.SampledSoftmaxReference.Candidates;
import dev.phoenix.kernels.reference.SampledSoftmaxReference.Gradients;
import dev.phoenix.kernels.reference.SampledSoftmaxReference.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossGradientTest {
  private static final int ACTIONS = 3;
  private static final boolean[] SAMPLED = {false, true, false, true};

  @Test
  void sigmoidCrossEntropy() {
    float[] logits = normal("logits", 4 * ACTIONS);
    logits[0] = 20;
    float[] actions = {1, 0, 0, 0, 1, 1, 0, 0.5f, 0, 1, 0, 1};
    boolean[] negativeFeedback = {false, false, true};
    var targets = new SigmoidCrossEntropyReference.Targets(actions, SAMPLED, negativeFeedback);
    float[] actual = new float[logits.length];
    double loss = SigmoidCrossEntropyReference.apply(actual, logits, targets);
    assertEquals(crossEntropy(widen(logits), targets), loss, 1e-12);
    check("logits", m -> crossEntropy(m, targets), logits, actual);
    assertEquals(0, actual[5], "negative feedback on a sampled negative");
  }

  @ParameterizedTest
  @EnumSource(Distance.class)
  void continuousLoss(Distance distance) {
    float[] logits = normal("logits", 8);
    float[] values = {0.25f, 0.5f, 0.75f, 1};
    var targets = new ContinuousLossReference.Targets(values, SAMPLED, 1, distance, 0.5f);
    float[] actual = new float[8];
    double loss = ContinuousLossReference.apply(actual, logits, targets);
    assertEquals(continuous(widen(logits), values, distance), loss, 1e-12);
    check("logits", m -> continuous(m, values, distance), logits, actual);
  }

  /** Users 0 and 1 have positives, user 2 has none, and there is each kind of negative. */
  @Test
  void sampledSoftmax() {
    float[] users = normal("users", 6);
    Candidates candidates =
        new Candidates(
            normal("candidates", 16),
            new int[] {0, 0, 0, 0, 1, 2, -1, -1},
            new Role[] {
              Role.POSITIVE,
              Role.POSITIVE,
              Role.HARD_NEGATIVE,
              Role.OTHER,
              Role.POSITIVE,
              Role.OTHER,
              Role.OTHER,
              Role.OTHER
            },
            new float[] {0, -1, 0, 0.5f, 0, 0, -0.25f, 0});
    Gradients actual = new Gradients(new float[6], new float[16], new float[1]);
    double loss = SampledSoftmaxReference.apply(actual, users, candidates, -0.5f, 2);
    assertEquals(softmax(widen(users), candidates, widen(candidates.vectors()), -0.5), loss, 1e-12);
    check(
        "users",
        m -> softmax(m, candidates, widen(candidates.vectors()), -0.5),
        users,
        actual.users());
    check(
        "candidates",
        m -> softmax(widen(users), candidates, m, -0.5),
        candidates.vectors(),
        actual.candidates());
    check(
        "temperature",
        m -> softmax(widen(users), candidates, widen(candidates.vectors()), m[0]),
        new float[] {-0.5f},
        actual.logTemperature());
  }

  @Test
  void noPositiveGivesNoLoss() {
    Candidates candidates =
        new Candidates(
            new float[] {1, 2}, new int[] {0}, new Role[] {Role.HARD_NEGATIVE}, new float[1]);
    Gradients actual = new Gradients(new float[2], new float[2], new float[1]);
    assertEquals(0, SampledSoftmaxReference.apply(actual, new float[] {3, 4}, candidates, 0, 2));
    assertArrayEquals(new float[2], actual.users());
  }

  /** A temperature so low that exp of a score overflows. */
  @Test
  void lowTemperatureStaysFinite() {
    Candidates candidates =
        new Candidates(
            new float[] {1, 0, -1, 0},
            new int[] {0, -1},
            new Role[] {Role.POSITIVE, Role.OTHER},
            new float[2]);
    Gradients actual = new Gradients(new float[2], new float[4], new float[1]);
    double loss = SampledSoftmaxReference.apply(actual, new float[] {-1, 0}, candidates, -9, 2);
    assertEquals(2 * Math.exp(9), loss, 1e-6);
    assertEquals((float) -Math.exp(9) * 2, actual.users()[0], 1e-2f);
  }

  private static double crossEntropy(
      double[] logits, SigmoidCrossEntropyReference.Targets targets) {
    double loss = 0;
    for (int i = 0; i < logits.length; i++) {
      if (!(targets.sampledNegative()[i / ACTIONS] && targets.negativeFeedback()[i % ACTIONS])) {
        double p = 1 / (1 + Math.exp(-logits[i]));
        double t = targets.actions()[i];
        loss -= (t == 0 ? 0 : t * Math.log(p)) + (t == 1 ? 0 : (1 - t) * Math.log(1 - p));
      }
    }
    return loss / 4;
  }

  /** Rows 0 and 2 have targets for output 1 of 2; weight 0.5. */
  private static double continuous(double[] logits, float[] values, Distance distance) {
    double loss = 0;
    for (int row = 0; row < 4; row += 2) {
      double p = 1 / (1 + Math.exp(-logits[2 * row + 1]));
      double off = p - values[row];
      double shifted = 2 * values[row] / Math.sqrt(p) + 2 * Math.sqrt(p);
      loss +=
          switch (distance) {
            case MAE -> Math.abs(off);
            case MSE -> off * off;
            case HUBER -> off * off / 2;
            case TWEEDIE -> shifted;
          };
    }
    return 0.5 * loss / 2;
  }

  private static double softmax(
      double[] users, Candidates candidates, double[] vectors, double logTemperature) {
    double[] perUser = new double[2];
    for (int c : new int[] {0, 1, 4}) {
      int user = candidates.owners()[c];
      double total = 0;
      for (int other = 0; other < 8; other++) {
        boolean own = candidates.owners()[other] == user;
        if (other == c || !own || candidates.roles()[other] == Role.HARD_NEGATIVE) {
          total += Math.exp(score(users, user, vectors, other, logTemperature, candidates));
        }
      }
      perUser[user] += Math.log(total) - score(users, user, vectors, c, logTemperature, candidates);
    }
    return (perUser[0] / 2 + perUser[1]) / 2;
  }

  private static double score(
      double[] users, int user, double[] vectors, int c, double temperature, Candidates all) {
    double dot = users[2 * user] * vectors[2 * c] + users[2 * user + 1] * vectors[2 * c + 1];
    return dot / Math.exp(temperature) + all.corrections()[c];
  }
}
