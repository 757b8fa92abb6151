package dev.phoenix.bench.gpu;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Model parameters computed from hashes, so that peers need no files. */
final class HashedModel {
  private static final int FIRST_SEED = 1000;

  /** The deviation of norm scales, whose mean is 1. */
  private static final double SCALE_DEVIATION = 0.1;

  private final ParameterLayout layout;
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * One parameter: {@code base} plus hashed values.
   *
   * @param name the name in the published layout
   * @param shape the dimensions
   * @param seed the seed of the hashed values
   * @param unit the unit of the hashed values
   * @param base the number added to each value
   */
  record Parameter(String name, long[] shape, int seed, float unit, float base) {
    float[] values() {
      int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      float[] values = new HashedValues(seed, unit).array(0, count);
      if (base != 0) {
        for (int i = 0; i < count; i++) {
          values[i] += base;
        }
      }
      return values;
    }
  }

  private HashedModel(ParameterLayout layout) {
    this.layout = layout;
    layout.shapes().forEach((name, shape) -> parameters.add(parameter(name, shape)));
  }

  private Parameter parameter(String name, long[] shape) {
    int seed = FIRST_SEED + parameters.size();
    // A matrix [in, out] keeps the variance of its inputs.
    boolean matrix = shape.length == 2;
    double deviation = matrix ? 1 / Math.sqrt((double) shape[0]) : SCALE_DEVIATION;
    float unit = HashedValues.of(seed, deviation).unit();
    return new Parameter(name, shape, seed, unit, name.endsWith("/scale") ? 1 : 0);
  }

  static HashedModel ranker(ModelConfig config) {
    return new HashedModel(ParameterLayout.ranker(config));
  }

  static HashedModel retrieval(ModelConfig config) {
    return new HashedModel(ParameterLayout.retrieval(config));
  }

  /** The descriptions from which a peer computes the same parameters. */
  List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** All of them in memory. */
  ModelParameters load() {
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    parameters.forEach(parameter -> values.put(parameter.name(), parameter.values()));
    return ModelParameters.of("the benchmark's hashed parameters", layout, values);
  }
}
