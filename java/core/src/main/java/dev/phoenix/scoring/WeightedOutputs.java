package dev.phoenix.scoring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Weights resolved for a model: the output columns, their weights and the order of summation. */
final class WeightedOutputs {
  private final ModelOutputs model;
  private final Output[] outputs;
  private final float[] weights;
  private final List<String> leftOut;

  private WeightedOutputs(
      ModelOutputs model, SequencedMap<Output, Float> byOutput, List<String> leftOut) {
    this.model = model;
    this.outputs = byOutput.keySet().toArray(new Output[0]);
    this.weights = new float[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      weights[i] = byOutput.getOrDefault(outputs[i], 0f);
    }
    this.leftOut = List.copyOf(leftOut);
  }

  /**
   * Resolves weights.
   *
   * @throws IllegalArgumentException if an explicit weight names an output that the model lacks or
   *     that was not trained, or if no output has a weight
   */
  static WeightedOutputs of(OutputWeights asked, ModelOutputs model) {
    SequencedMap<Output, Float> byOutput = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    asked
        .preset()
        .ifPresent(preset -> leftOut.addAll(addPreset(preset, asked.untrained(), model, byOutput)));
    Map<Output, String> named = new LinkedHashMap<>();
    asked
        .explicit()
        .weights()
        .forEach(
            (name, weight) -> {
              Output output = model.output(name);
              String before = named.put(output, name);
              if (before != null) {
                throw new IllegalArgumentException(
                    "the weight of '%s' is given twice, as '%s' too".formatted(name, before));
              }
              boolean isRefused = asked.untrained() == UntrainedOutputs.REFUSED;
              if (weight != 0 && isRefused && !model.isTrained(output)) {
                throw untrained(name, model);
              }
              byOutput.put(output, weight);
            });
    byOutput.values().removeIf(weight -> weight == 0);
    if (byOutput.isEmpty()) {
      throw new IllegalArgumentException(
          "expected a weight other than 0 of an output of the model, found none"
              + (leftOut.isEmpty() ? "" : "; left out: " + String.join(", ", leftOut))
              + "; the preset retrieval orders without a ranker's outputs");
    }
    return new WeightedOutputs(model, byOutput, leftOut);
  }

  /**
   * Adds a preset's weights to {@code byOutput}; returns the outputs left out, with the reasons.
   */
  private static List<String> addPreset(
      Preset preset,
      UntrainedOutputs untrained,
      ModelOutputs model,
      SequencedMap<Output, Float> byOutput) {
    List<String> missing = new ArrayList<>();
    List<String> notTrained = new ArrayList<>();
    preset
        .weights()
        .weights()
        .forEach(
            (name, weight) -> {
              if (!model.has(name)) {
                missing.add(name);
                return;
              }
              Output output = model.output(name);
              if (untrained == UntrainedOutputs.ALLOWED || model.isTrained(output)) {
                byOutput.put(output, weight);
              } else {
                notTrained.add(name);
              }
            });
    if (preset == Preset.MODEL && model.retrievalWeight() != 0) {
      byOutput.put(model.output(ModelOutputs.RETRIEVAL), (float) model.retrievalWeight());
    }
    List<String> leftOut = new ArrayList<>();
    if (!missing.isEmpty()) {
      leftOut.add(String.join(", ", missing) + " (not among the model's outputs)");
    }
    if (!notTrained.isEmpty()) {
      leftOut.add(String.join(", ", notTrained) + " (not trained)");
    }
    return leftOut;
  }

  private static IllegalArgumentException untrained(String name, ModelOutputs model) {
    return new IllegalArgumentException(
        "'%s' has a weight, but the model's training data had no labels for it; expected one of: %s"
                .formatted(name, model.trainedNames())
            + " (allow_untrained lets it count)");
  }

  /** The preset's outputs without effect, with the reasons; empty if all apply. */
  List<String> leftOut() {
    return leftOut;
  }

  ScoreWeights weights() {
    SequencedMap<String, Float> byName = new LinkedHashMap<>();
    for (int term = 0; term < outputs.length; term++) {
      byName.put(name(term), weight(term));
    }
    return new ScoreWeights(byName);
  }

  int count() {
    return outputs.length;
  }

  float weight(int term) {
    return weights[term];
  }

  String name(int term) {
    return model.name(outputs[term]);
  }

  /** The value of a term's output for a candidate. */
  float value(Candidates candidates, int candidate, int term) {
    int index = outputs[term].index();
    return switch (outputs[term].kind()) {
      case ACTION -> candidates.probabilities()[candidate * model.actions() + index];
      case CONTINUOUS -> candidates.continuous()[candidate * model.continuous() + index];
      case RETRIEVAL -> candidates.retrievalScores()[candidate];
    };
  }

  /**
   * The weighted sums of all candidates, in float32 and in the order of the weights.
   *
   * @throws NonFiniteScoreException if a sum is not finite
   */
  float[] sums(Candidates candidates) {
    float[] sums = new float[candidates.count()];
    for (int term = 0; term < outputs.length; term++) {
      Output output = outputs[term];
      switch (output.kind()) {
        case ACTION -> add(sums, term, candidates.probabilities(), model.actions());
        case CONTINUOUS -> add(sums, term, candidates.continuous(), model.continuous());
        case RETRIEVAL -> add(sums, term, candidates.retrievalScores(), 1);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      if (!Float.isFinite(sums[i])) {
        throw notFinite(candidates, i);
      }
    }
    return sums;
  }

  private void add(float[] sums, int term, float[] values, int columns) {
    float weight = weights[term];
    int at = outputs[term].index();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * values[at];
      at += columns;
    }
  }

  private RuntimeException notFinite(Candidates candidates, int candidate) {
    for (int term = 0; term < outputs.length; term++) {
      float value = value(candidates, candidate, term);
      if (!Float.isFinite(value)) {
        return new NonFiniteScoreException(candidates.postIds()[candidate], name(term), value);
      }
    }
    return new NonFiniteScoreException(
        candidates.postIds()[candidate], "weighted sum", Float.POSITIVE_INFINITY);
  }

  /** Whether a weight is negative. */
  boolean hasNegativeWeight() {
    for (float weight : weights) {
      if (weight < 0) {
        return true;
      }
    }
    return false;
  }

  /** N of {@link NegativeSums}: the magnitude of the lowest possible sum. */
  double least() {
    double least = 0;
    for (int i = 0; i < outputs.length; i++) {
      least -= Math.min(weights[i], weights[i] * outputs[i].least());
    }
    return least;
  }

  /** N + P of {@link NegativeSums}. */
  double range() {
    double range = 0;
    for (int i = 0; i < outputs.length; i++) {
      range += Math.abs(weights[i]) * (1 - outputs[i].least());
    }
    return range;
  }
}
