package dev.phoenix.scoring;

import java.util.Optional;
import java.util.Random;

/** Random candidates and options. */
final class RandomFeeds {
  static final int ACTIONS = 19;
  static final int CONTINUOUS = 8;
  static final ModelOutputs MODEL =
      new ModelOutputs(ActionTaxonomy.ENUM, ACTIONS, CONTINUOUS, Optional.empty(), 0);

  private RandomFeeds() {}

  /** Candidates by a few authors, author 0 included; probabilities are often equal or 0. */
  static Candidates candidates(Random random, int count) {
    long[] posts = new long[count];
    long[] authors = new long[count];
    float[] retrieval = new float[count];
    String[] corpora = new String[count];
    for (int i = 0; i < count; i++) {
      posts[i] = random.nextLong();
      authors[i] = random.nextInt(Math.max(2, count / 3)) * 0x1234567890ABCDEFL;
      retrieval[i] = 2 * random.nextFloat() - 1;
      corpora[i] = random.nextInt(3) == 0 ? "news" : "default";
    }
    return Candidates.retrieved(posts, authors, retrieval)
        .withOutputs(values(random, count * ACTIONS), values(random, count * CONTINUOUS))
        .withCorpora(corpora);
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(4) == 0 ? random.nextInt(3) / 2f : random.nextFloat();
    }
    return values;
  }

  /** Unit vectors, some of them equal. */
  static float[] vectors(Random random, int count, int columns) {
    float[] vectors = new float[count * columns];
    for (int i = 0; i < count; i++) {
      if (i > 0 && random.nextInt(5) == 0) {
        System.arraycopy(vectors, random.nextInt(i) * columns, vectors, i * columns, columns);
        continue;
      }
      double square = 0;
      for (int column = 0; column < columns; column++) {
        float value = (float) random.nextGaussian();
        vectors[i * columns + column] = value;
        square += value * value;
      }
      for (int column = 0; column < columns; column++) {
        vectors[i * columns + column] /= (float) Math.sqrt(square);
      }
    }
    return vectors;
  }

  /** Weights of both signs for some of the outputs. */
  static ScoreWeights weights(Random random) {
    StringBuilder text = new StringBuilder("favorite=" + (1 + random.nextInt(3)));
    for (int action = 2; action < ACTIONS; action++) {
      if (random.nextInt(3) == 0) {
        text.append(",action_").append(action).append('=').append(weight(random));
      }
    }
    text.append(",continuous_1=").append(weight(random));
    if (random.nextBoolean()) {
      text.append(",retrieval=").append(weight(random));
    }
    return ScoreWeights.parse(text.toString());
  }

  private static float weight(Random random) {
    return (random.nextFloat() - 0.6f) * (random.nextInt(4) == 0 ? 300 : 2);
  }
}
