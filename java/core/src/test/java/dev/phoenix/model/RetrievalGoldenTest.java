package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.testing.GoldenFiles;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares both towers and the corpus scan with runs of the reference. */
class RetrievalGoldenTest {
  @ParameterizedTest
  @CsvSource({
    "retrieval_mlp, REFERENCE",
    "retrieval_mlp, CPU_FLOAT32",
    "retrieval_mlp, CPU_BFLOAT16",
    "retrieval_meanpool, REFERENCE",
    "retrieval_meanpool, CPU_FLOAT32",
    "retrieval_meanpool, CPU_BFLOAT16",
  })
  void everyTensorIsTheReferences(String name, Backend backend) {
    try (Ops ops = backend.create(2);
        RetrievalModel model = RetrievalModel.load(ops, GoldenFiles.path(name))) {
      LookedUpInputs inputs =
          LookedUpInputs.read(GoldenFiles.path(name + "/inputs.npz"), model.config());
      int d = model.config().embSize();
      float[] users = new float[inputs.requests() * d];
      float[] norms = new float[inputs.requests()];
      model.encodeUsers(users, norms, inputs.histories());
      Parity parity = new Parity(name, ops.precision());
      parity.assertNear("user_norm", norms);
      parity.assertNear("user_representation", users);

      int c = inputs.candidatesPerRequest();
      float[] posts = new float[inputs.requests() * c * d];
      for (int request = 0; request < inputs.requests(); request++) {
        model.encodePosts(posts, request * c * d, inputs.candidates().get(request));
      }
      // The candidate tower is float32 at every precision.
      Parity tower = new Parity(name, Precision.FLOAT32);
      tower.assertNear(
          "candidate_representation", valid(posts, name, d), all -> valid(all, name, d));
      for (Precision held : Precision.values()) {
        new Scan(ops, name, users, held).check();
      }
    }
  }

  /** Rows of posts, with zero rows for padding. */
  private static float[] valid(float[] rows, String name, int columns) {
    float[] valid = rows.clone();
    try (NpzFile file = GoldenFiles.open(name + "/expected_float32.npz")) {
      boolean[] mask = file.get("candidate_padding_mask").toBooleans();
      for (int i = 0; i < mask.length; i++) {
        if (!mask[i]) {
          Arrays.fill(valid, i * columns, (i + 1) * columns, 0f);
        }
      }
    }
    return valid;
  }

  /** A scan of the golden corpus for computed user vectors. */
  private record Scan(Ops ops, String name, float[] users, Precision held) {
    void check() {
      try (NpzFile inputs = GoldenFiles.open(name + "/inputs.npz");
          NpzFile expected = GoldenFiles.open(name + "/expected_float32.npz");
          Scope scope = Scope.create("scan")) {
        long[] shape = inputs.get("corpus_embeddings").shape();
        var index =
            ops.corpusIndex(
                scope,
                inputs.get("corpus_embeddings").data(),
                new Shape((int) shape[0], (int) shape[1]),
                held);
        int count = users.length / (int) shape[1];
        int k = (int) expected.get("top_k_indices").shape()[1];
        long[] mask = TopKQuery.maskOf(inputs.get("corpus_mask").toBooleans());
        compare(expected, "", ops.topK(index, new TopKQuery(users, count, mask, k)));
        compare(expected, "_unmasked", ops.topK(index, TopKQuery.unmasked(users, count, k)));
      }
    }

    /** A bound on score errors: posts are unit vectors, so it is the error of the user's vector. */
    private double scoreError(NpzFile expected) {
      float[] reference = expected.get("user_representation").toFloats();
      int columns = (int) expected.get("user_representation").shape()[1];
      double largest = 0;
      for (int from = 0; from < users.length; from += columns) {
        double square = 0;
        for (int d = from; d < from + columns; d++) {
          double difference = (double) users[d] - reference[d];
          square += difference * difference;
        }
        largest = Math.max(largest, Math.sqrt(square));
      }
      return largest + 1e-6;
    }

    private void compare(NpzFile expected, String suffix, TopK found) {
      int[] indices = expected.get("top_k_indices" + suffix).toInts();
      float[] scores = expected.get("top_k_scores" + suffix).toFloats();
      double error = scoreError(expected);
      for (int i = 0; i < scores.length; i++) {
        double difference = Math.abs((double) scores[i] - found.scores()[i]);
        assertTrue(difference <= error, "%s: score %d is off by %s".formatted(name, i, difference));
      }
      if (ops.precision() == Precision.FLOAT32) {
        assertArrayEquals(indices, found.indices(), name + suffix);
        return;
      }
      for (int user = 0; user < found.users(); user++) {
        int from = user * found.k();
        float worst = found.scores()[from + found.k() - 1];
        for (int i = from; i < from + found.k(); i++) {
          int index = found.indices()[i];
          boolean among =
              IntStream.range(from, from + found.k()).anyMatch(j -> indices[j] == index);
          assertTrue(
              among || found.scores()[i] <= worst + 2 * error,
              () -> "%s: %d is not among the best".formatted(name, index));
        }
      }
    }
  }
}
