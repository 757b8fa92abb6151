package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.testing.GoldenFiles;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the ranker with runs of the reference, tensor by tensor in the order of computation. */
class RankerGoldenTest {
  @ParameterizedTest
  @CsvSource({
    "ranker_mini, REFERENCE",
    "ranker_mini, CPU_FLOAT32",
    "ranker_mini, CPU_BFLOAT16",
    "ranker_mini, EMULATED",
    "ranker_gqa, EMULATED",
    "ranker_gqa, REFERENCE",
    "ranker_gqa, CPU_FLOAT32",
    "ranker_gqa, CPU_BFLOAT16",
  })
  void everyTensorIsTheReferences(String name, Backend backend) {
    try (Ops ops = backend.create(2);
        Ranker ranker = Ranker.load(ops, GoldenFiles.path(name));
        EncodedHistories kept = ranker.histories()) {
      ModelConfig config = ranker.config();
      LookedUpInputs inputs = LookedUpInputs.read(GoldenFiles.path(name + "/inputs.npz"), config);
      boolean[] valid = valid(name);
      int candidatesFrom = 1 + config.sequence().historySeqLen();
      GoldenTrace trace =
          new GoldenTrace(valid, config.sequence().length(), candidatesFrom, config.embSize());
      RankerOutput output = ranker.output();
      ranker.encode(kept, inputs.histories(), trace);
      trace.beginCandidates();
      ranker.score(output, kept, inputs.candidates(), trace);

      Parity parity = new Parity(name, ops.precision());
      trace.steps().forEach((step, rows) -> parity.assertNear(step, rows, trace::masked));
      Outputs outputs = new Outputs(output, config, valid);
      parity.assertNear("logits", outputs.logits(), outputs.masked(config.actions().numActions()));
      parity.assertNear(
          "probabilities", outputs.probabilities(), outputs.masked(config.actions().numActions()));
      parity.assertNear(
          "continuous_preds",
          outputs.continuous(),
          outputs.masked(config.actions().numContinuousActions()));
      if (ops.precision() == Precision.FLOAT32) {
        assertRanking(name, outputs);
      }
    }
  }

  private static boolean[] valid(String name) {
    try (NpzFile file = GoldenFiles.open(name + "/expected_float32.npz")) {
      return file.get("padding_mask").toBooleans();
    }
  }

  /** Compares the order of posts; the ranks of padding candidates are meaningless. */
  private static void assertRanking(String name, Outputs outputs) {
    int[] ranked;
    try (NpzFile file = GoldenFiles.open(name + "/expected_float32.npz")) {
      ranked = file.get("ranked_indices").toInts();
    }
    int c = outputs.config.sequence().candidateSeqLen();
    for (int request = 0; request < outputs.output.requests(); request++) {
      int r = request;
      int[] expected =
          IntStream.of(ranked)
              .skip((long) r * c)
              .limit(c)
              .filter(i -> outputs.valid(r, i))
              .toArray();
      List<Integer> found =
          IntStream.range(0, c)
              .filter(i -> outputs.valid(r, i))
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(i -> -outputs.output.probability(r, i, 0))
                      .thenComparingInt(i -> i))
              .toList();
      assertArrayEquals(
          expected, found.stream().mapToInt(i -> i).toArray(), name + ", request " + r);
    }
  }

  /** A ranker's output in the layout of the golden files: [B, C, columns], with zero padding. */
  private record Outputs(RankerOutput output, ModelConfig config, boolean[] padding) {
    @FunctionalInterface
    interface Value {
      float at(int request, int candidate, int column);
    }

    boolean valid(int request, int candidate) {
      int t = 1 + config.sequence().historySeqLen() + candidate;
      return padding[request * config.sequence().length() + t];
    }

    float[] values(int columns, Value value) {
      int c = config.sequence().candidateSeqLen();
      float[] values = new float[output.requests() * c * columns];
      for (int request = 0; request < output.requests(); request++) {
        for (int i = 0; i < c; i++) {
          for (int column = 0; column < columns && valid(request, i); column++) {
            values[(request * c + i) * columns + column] = value.at(request, i, column);
          }
        }
      }
      return values;
    }

    float[] logits() {
      return values(config.actions().numActions(), output::logit);
    }

    float[] probabilities() {
      return values(config.actions().numActions(), output::probability);
    }

    float[] continuous() {
      return values(output.continuousActions(), output::continuous);
    }

    UnaryOperator<float[]> masked(int columns) {
      int c = config.sequence().candidateSeqLen();
      return all -> values(columns, (r, i, column) -> all[(r * c + i) * columns + column]);
    }
  }
}
