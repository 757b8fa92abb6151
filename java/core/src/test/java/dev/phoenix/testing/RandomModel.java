package dev.phoenix.testing;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.checkpoint.ParameterLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Random parameters with the names and shapes of a model and values of realistic magnitude. */
public final class RandomModel {
  private RandomModel() {}

  /** Random parameters of a ranker. */
  public static ModelParameters ranker(ModelConfig config, Path folder, Random random) {
    return parameters(ParameterLayout.ranker(config), folder.resolve("ranker.npz"), random);
  }

  /** Random parameters of a retrieval model. */
  public static ModelParameters retrieval(ModelConfig config, Path folder, Random random) {
    return parameters(ParameterLayout.retrieval(config), folder.resolve("retrieval.npz"), random);
  }

  private static ModelParameters parameters(ParameterLayout layout, Path npz, Random random) {
    write(layout, npz, random);
    return ModelParameters.open(npz, layout);
  }

  /** Writes random parameters of {@code layout} to {@code npz}. */
  static void write(ParameterLayout layout, Path npz, Random random) {
    try (NpzWriter writer = NpzWriter.create(npz)) {
      layout.shapes().forEach((name, shape) -> writer.write(name, values(shape, random), shape));
      writer.commit();
    }
  }

  /** Scales are about 1; a matrix [in, out] preserves the magnitude of its input. */
  static float[] values(long[] shape, Random random) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    boolean matrix = shape.length == 2;
    double size = matrix ? 1 / Math.sqrt((double) shape[0]) : 0.1;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * size + (matrix ? 0 : 1));
    }
    return values;
  }
}
