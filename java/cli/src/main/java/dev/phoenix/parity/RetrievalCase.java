package dev.phoenix.parity;

import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The two towers and the scan on looked-up embeddings. */
record RetrievalCase(Path folder) implements GoldenCase {
  @Override
  public String name() {
    return folder.getFileName().toString();
  }

  @Override
  public List<TensorCheck> run(Ops ops) {
    Path file = folder.resolve("inputs.npz");
    try (RetrievalModel model = RetrievalModel.load(ops, folder);
        NpzFile inputs = NpzFile.open(file);
        Expected expected = Expected.open(folder)) {
      LookedUpInputs requests = LookedUpInputs.read(file, model.config());
      Bounds bounds = new Bounds(ops.precision());
      int columns = model.config().embSize();
      float[] users = new float[requests.requests() * columns];
      float[] norms = new float[requests.requests()];
      model.encodeUsers(users, norms, requests.histories());

      List<TensorCheck> checks = new ArrayList<>();
      checks.add(scaled("user_norm", norms, expected, bounds));
      checks.add(scaled("user_representation", users, expected, bounds));
      checks.add(scaled("candidate_representation", candidates(model, requests), expected, bounds));
      checks.addAll(topK(ops, inputs, users, requests.requests(), expected));
      return checks;
    }
  }

  private static TensorCheck scaled(
      String tensor, float[] found, Expected expected, Bounds bounds) {
    return bounds.checkScaled(
        tensor, found, expected.floats(tensor), expected.roundedFloats(tensor));
  }

  private static float[] candidates(RetrievalModel model, LookedUpInputs requests) {
    int stride = requests.candidatesPerRequest() * model.config().embSize();
    float[] vectors = new float[requests.requests() * stride];
    int at = 0;
    for (CandidateFeatures candidates : requests.candidates()) {
      model.encodePosts(vectors, at, candidates);
      at += stride;
    }
    return vectors;
  }

  private static List<TensorCheck> topK(
      Ops ops, NpzFile inputs, float[] users, int count, Expected expected) {
    List<TensorCheck> checks = new ArrayList<>();
    long[] shape = inputs.get("corpus_embeddings").shape();
    Shape corpus = new Shape((int) shape[0], (int) shape[1]);
    long[] mask = TopKQuery.maskOf(inputs.get("corpus_mask").toBooleans());
    for (Precision held : Precision.values()) {
      try (Scope scope = Scope.create("golden corpus")) {
        CorpusIndex index =
            ops.corpusIndex(scope, inputs.get("corpus_embeddings").data(), corpus, held);
        String suffix = held == Precision.FLOAT32 ? "" : " (bfloat16 index)";
        Scan scan = new Scan(ops, index, users, count, expected);
        checks.addAll(scan.run("", suffix, mask));
        checks.addAll(scan.run("_unmasked", suffix, null));
      }
    }
    return checks;
  }

  private record Scan(Ops ops, CorpusIndex index, float[] users, int count, Expected expected) {
    List<TensorCheck> run(String variant, String suffix, long @Nullable [] mask) {
      float[] scores = expected.floats("top_k_scores" + variant);
      int[] indices = expected.ints("top_k_indices" + variant);
      int k = scores.length / count;
      TopK found = ops.topK(index, new TopKQuery(users, count, mask, k));
      Bounds bounds = new Bounds(ops.precision());
      List<TensorCheck> checks = new ArrayList<>();
      checks.add(
          bounds.checkScaled(
              "top_k_scores" + variant + suffix,
              found.scores(),
              scores,
              expected.roundedFloats("top_k_scores" + variant)));
      double worst = 0;
      double bound = 0;
      for (int user = 0; user < count; user++) {
        TensorCheck check =
            IndexCheck.check(
                "",
                ops.precision(),
                ranked(found.indices(), found.scores(), user, k),
                ranked(indices, scores, user, k));
        if (check.error() - check.bound() >= worst - bound) {
          worst = check.error();
          bound = check.bound();
        }
      }
      String measure = ops.precision() == Precision.FLOAT32 ? "differ" : "from K-th";
      checks.add(new TensorCheck("top_k_indices" + variant + suffix, measure, worst, bound));
      return checks;
    }

    private static IndexCheck.Ranked ranked(int[] indices, float[] scores, int user, int k) {
      return new IndexCheck.Ranked(
          Arrays.copyOfRange(indices, user * k, (user + 1) * k),
          Arrays.copyOfRange(scores, user * k, (user + 1) * k));
    }
  }
}
