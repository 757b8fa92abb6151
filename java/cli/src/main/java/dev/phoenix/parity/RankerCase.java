package dev.phoenix.parity;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A ranker on looked-up embeddings. */
record RankerCase(Path folder) implements GoldenCase {
  @Override
  public String name() {
    return folder.getFileName().toString();
  }

  @Override
  public List<TensorCheck> run(Ops ops) {
    try (Ranker ranker = Ranker.load(ops, folder);
        EncodedHistories kept = ranker.histories();
        Expected expected = Expected.open(folder)) {
      LookedUpInputs inputs = LookedUpInputs.read(folder.resolve("inputs.npz"), ranker.config());
      HiddenRows hidden = new HiddenRows(ranker.config(), inputs, expected);
      RankerOutput output = ranker.output();
      ranker.encode(kept, inputs.histories(), hidden.history());
      ranker.score(output, kept, inputs.candidates(), hidden.candidates());

      Bounds bounds = new Bounds(ops.precision());
      List<TensorCheck> checks = new ArrayList<>();
      checks.add(hidden.check("input_embeddings", bounds));
      for (int layer = 0; layer < ranker.config().transformer().numLayers(); layer++) {
        checks.add(hidden.check("layer_" + layer, bounds));
      }
      checks.addAll(outputs(ranker.config(), output, inputs.candidatesPerRequest(), expected, ops));
      return checks;
    }
  }

  private static List<TensorCheck> outputs(
      ModelConfig config, RankerOutput output, int candidates, Expected expected, Ops ops) {
    Bounds bounds = new Bounds(ops.precision());
    int actions = config.actions().numActions();
    int continuous = output.continuousActions();
    int rows = output.requests() * candidates;
    float[] logits = new float[rows * actions];
    float[] probabilities = new float[rows * actions];
    float[] continuousPreds = new float[rows * continuous];
    for (int row = 0; row < rows; row++) {
      int request = row / candidates;
      int candidate = row % candidates;
      for (int a = 0; a < actions; a++) {
        logits[row * actions + a] = output.logit(request, candidate, a);
        probabilities[row * actions + a] = output.probability(request, candidate, a);
      }
      for (int c = 0; c < continuous; c++) {
        continuousPreds[row * continuous + c] = output.continuous(request, candidate, c);
      }
    }
    List<TensorCheck> checks = new ArrayList<>();
    checks.add(
        bounds.checkScaled(
            "logits", logits, expected.floats("logits"), expected.roundedFloats("logits")));
    checks.add(check("probabilities", probabilities, expected, bounds));
    checks.add(check("continuous_preds", continuousPreds, expected, bounds));
    if (ops.precision() == Precision.FLOAT32) {
      checks.add(ranked(output, expected));
    }
    return checks;
  }

  private static TensorCheck check(String tensor, float[] found, Expected expected, Bounds bounds) {
    return bounds.check(tensor, found, expected.floats(tensor), expected.roundedFloats(tensor));
  }

  private static TensorCheck ranked(RankerOutput output, Expected expected) {
    int[] reference = expected.ints("ranked_indices");
    int different = 0;
    int at = 0;
    for (int request = 0; request < output.requests(); request++) {
      for (int candidate : output.rankedIndices(request)) {
        different += candidate == reference[at++] ? 0 : 1;
      }
    }
    return new TensorCheck("ranked_indices", "differ", different, 0);
  }
}
