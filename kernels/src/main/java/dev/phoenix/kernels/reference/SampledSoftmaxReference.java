package dev.phoenix.kernels.reference;

import java.util.ArrayList;
import java.util.List;

/**
 * The sampled softmax loss of the two-tower model. The softmax of a user's positive candidate is
 * taken over that candidate, every candidate of the other users, all global negatives and the
 * user's hard negatives; its loss is -log of its probability. The loss is averaged over a user's
 * positives, then over the users with positives. There are no rows for padding. Source:
 * docs/model.md#9-training.
 */
public final class SampledSoftmaxReference {
  /** The owner of a global negative, which is a negative for every user. */
  public static final int NOBODY = -1;

  private SampledSoftmaxReference() {}

  /** Role of a candidate for its owner. It is a negative for all other users. */
  public enum Role {
    /** The user engaged with it: its probability is maximised. */
    POSITIVE,
    /** The user gave explicit negative feedback: a negative for its owner too. */
    HARD_NEGATIVE,
    /** Neither: left out of its owner's softmax. */
    OTHER
  }

  /**
   * The candidates of a batch.
   *
   * @param vectors [candidates, D]
   * @param owners [candidates]: the user, or {@link #NOBODY}
   * @param roles [candidates]; ignored for global negatives
   * @param corrections [candidates], added to the candidate's scores: log(1 / count) with log-Q
   *     correction, otherwise 0
   */
  public record Candidates(float[] vectors, int[] owners, Role[] roles, float[] corrections) {
    boolean isPositive(int candidate, int user) {
      return owners[candidate] == user && roles[candidate] == Role.POSITIVE;
    }

    boolean isNegative(int candidate, int user) {
      return owners[candidate] != user || roles[candidate] == Role.HARD_NEGATIVE;
    }
  }

  /**
   * Gradient buffers; all are added to.
   *
   * @param users [users, D]
   * @param candidates [candidates, D]
   * @param logTemperature [1]
   */
  public record Gradients(float[] users, float[] candidates, float[] logTemperature) {}

  /** One positive candidate of a user and the weight of its loss. */
  private record Positive(int user, int candidate, double weight) {}

  /**
   * Returns the loss and adds its gradients; 0 if no user has a positive.
   *
   * @param users [users, D]
   * @param columns D
   */
  public static double apply(
      Gradients gradients,
      float[] users,
      Candidates candidates,
      float logTemperature,
      int columns) {
    double scale = Math.exp(-logTemperature);
    double[] gradUsers = new double[users.length];
    double[] gradCandidates = new double[candidates.vectors().length];
    double gradTemperature = 0;
    double loss = 0;
    List<List<Positive>> positives = positives(candidates, users.length / columns);
    for (int user = 0; user < positives.size(); user++) {
      double[] dots = dots(users, user, candidates.vectors(), columns);
      double[] scores = new double[dots.length];
      for (int c = 0; c < scores.length; c++) {
        scores[c] = dots[c] * scale + candidates.corrections()[c];
      }
      double[] gradScores = new double[dots.length];
      for (Positive positive : positives.get(user)) {
        loss += positive.weight() * lossOf(positive, gradScores, scores, candidates);
      }
      for (int c = 0; c < dots.length; c++) {
        gradTemperature -= gradScores[c] * dots[c] * scale;
        for (int d = 0; d < columns; d++) {
          double grad = gradScores[c] * scale;
          gradUsers[user * columns + d] += grad * candidates.vectors()[c * columns + d];
          gradCandidates[c * columns + d] += grad * users[user * columns + d];
        }
      }
    }
    add(gradients.users(), gradUsers);
    add(gradients.candidates(), gradCandidates);
    gradients.logTemperature()[0] += (float) gradTemperature;
    return loss;
  }

  /**
   * Every user's positives, with weights 1 / (number of the user's positives * number of users with
   * positives).
   */
  private static List<List<Positive>> positives(Candidates candidates, int users) {
    int[] counts = new int[users];
    int usersWithPositives = 0;
    for (int c = 0; c < candidates.owners().length; c++) {
      int owner = candidates.owners()[c];
      if (owner != NOBODY && candidates.isPositive(c, owner) && counts[owner]++ == 0) {
        usersWithPositives++;
      }
    }
    List<List<Positive>> positives = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      List<Positive> own = new ArrayList<>();
      for (int c = 0; c < candidates.owners().length; c++) {
        if (candidates.isPositive(c, user)) {
          own.add(new Positive(user, c, 1.0 / counts[user] / usersWithPositives));
        }
      }
      positives.add(own);
    }
    return positives;
  }

  private static double[] dots(float[] users, int user, float[] vectors, int columns) {
    double[] dots = new double[vectors.length / columns];
    for (int c = 0; c < dots.length; c++) {
      for (int d = 0; d < columns; d++) {
        dots[c] += (double) users[user * columns + d] * vectors[c * columns + d];
      }
    }
    return dots;
  }

  /**
   * Returns -log of one positive's probability; adds its gradient with respect to the scores, times
   * its weight.
   */
  private static double lossOf(
      Positive positive, double[] gradScores, double[] scores, Candidates candidates) {
    double largest = scores[positive.candidate()];
    for (int c = 0; c < scores.length; c++) {
      if (candidates.isNegative(c, positive.user())) {
        largest = Math.max(largest, scores[c]);
      }
    }
    double[] shares = new double[scores.length];
    double total = 0;
    for (int c = 0; c < scores.length; c++) {
      if (c == positive.candidate() || candidates.isNegative(c, positive.user())) {
        shares[c] = Math.exp(scores[c] - largest);
        total += shares[c];
      }
    }
    for (int c = 0; c < scores.length; c++) {
      gradScores[c] += positive.weight() * shares[c] / total;
    }
    gradScores[positive.candidate()] -= positive.weight();
    return Math.log(total) + largest - scores[positive.candidate()];
  }

  private static void add(float[] to, double[] values) {
    for (int i = 0; i < to.length; i++) {
      to[i] += (float) values[i];
    }
  }
}
