package dev.phoenix.cli;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.NpyArray;
import dev.phoenix.checkpoint.NpyType;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.model.NotFiniteException;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix infer retrieval}. */
@Command(
    name = "retrieval",
    description = {
      "Encode the users and candidates of a batch, and retrieve from a corpus if one is given.",
      "In: as for the ranker (candidate_product_surface is not needed), and optionally"
          + " corpus_embeddings [N, D], corpus_mask [N].",
      "Out: user_representation [B, D], user_norm [B, 1], candidate_representation [B, C, D],"
          + " candidate_padding_mask [B, C]; with a corpus top_k_indices, top_k_scores [B, K]."
    },
    mixinStandardHelpOptions = true)
final class InferRetrievalCommand implements Callable<Integer> {
  private static final int REQUESTS_PER_STEP = 16;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private InferOptions files = new InferOptions();
  @Mixin private BackendOptions backend = new BackendOptions();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Posts to retrieve per user (default: top_k of config.json, else 200).")
  private @Nullable Integer topK;

  InferRetrievalCommand() {}

  /** The vectors of the whole batch, row-major. */
  private record Outputs(
      float[] users, float[] norms, float[] candidates, boolean[] candidateMask) {}

  @Override
  public Integer call() {
    try (Ops ops = backend.open();
        RetrievalModel model = RetrievalModel.load(ops, files.model());
        NpzFile file = NpzFile.open(files.inputs())) {
      LookedUpInputs inputs = LookedUpInputs.read(files.inputs(), model.config());
      Outputs outputs = run(model, inputs);
      int k = topK == null ? model.config().retrieval().topK() : topK;
      TopK best =
          file.contains("corpus_embeddings")
              ? retrieve(ops, file, outputs.users(), inputs.requests(), k)
              : null;
      write(model, inputs, outputs, best);
      spec.commandLine()
          .getOut()
          .printf(
              "%,d users and %,d candidates encoded on %s (%s)%s: %s%n",
              inputs.requests(),
              inputs.requests() * inputs.candidatesPerRequest(),
              ops.name(),
              ops.precision().label(),
              best == null ? "" : ", " + best.k() + " retrieved per user",
              files.out());
    }
    return 0;
  }

  private static Outputs run(RetrievalModel model, LookedUpInputs inputs) {
    int columns = model.config().embSize();
    int requests = inputs.requests();
    int perRequest = inputs.candidatesPerRequest();
    Outputs outputs =
        new Outputs(
            new float[Math.multiplyExact(requests, columns)],
            new float[requests],
            new float[Math.multiplyExact(Math.multiplyExact(requests, perRequest), columns)],
            new boolean[requests * perRequest]);
    List<HistoryFeatures> histories = inputs.histories();
    List<CandidateFeatures> candidates = inputs.candidates();
    try (Progress progress = new Progress("Encoding", "users", requests)) {
      for (int from = 0; from < requests; from += REQUESTS_PER_STEP) {
        int to = Math.min(requests, from + REQUESTS_PER_STEP);
        float[] users = new float[(to - from) * columns];
        float[] norms = new float[to - from];
        model.encodeUsers(users, norms, histories.subList(from, to));
        NotFiniteException.require("the vectors of users %d to %d".formatted(from, to - 1), users);
        System.arraycopy(users, 0, outputs.users(), from * columns, users.length);
        System.arraycopy(norms, 0, outputs.norms(), from, norms.length);
        for (int request = from; request < to; request++) {
          CandidateFeatures posts = candidates.get(request);
          model.encodePosts(outputs.candidates(), request * perRequest * columns, posts);
          for (int i = 0; i < perRequest; i++) {
            outputs.candidateMask()[request * perRequest + i] = posts.isPost(i);
          }
        }
        progress.accept(to);
      }
    }
    return outputs;
  }

  private TopK retrieve(Ops ops, NpzFile file, float[] users, int requests, int k) {
    NpyArray corpus = file.get("corpus_embeddings");
    int columns = requests == 0 ? 0 : users.length / requests;
    long[] shape = corpus.shape();
    if (corpus.type() != NpyType.FLOAT32
        || shape.length != 2
        || corpus.fortranOrder()
        || (requests > 0 && shape[1] != columns)) {
      throw new CheckpointException(
          "%s, entry 'corpus_embeddings': expected float32 [N, %d] in C order, found %s %s"
              .formatted(files.inputs(), columns, corpus.type(), Arrays.toString(shape)));
    }
    long[] mask = null;
    if (file.contains("corpus_mask")) {
      boolean[] retrievable = file.get("corpus_mask").toBooleans();
      if (retrievable.length != shape[0]) {
        throw new CheckpointException(
            "%s, entry 'corpus_mask': expected %d entries, found %d"
                .formatted(files.inputs(), shape[0], retrievable.length));
      }
      mask = TopKQuery.maskOf(retrievable);
    }
    try (Scope scope = Scope.create("corpus")) {
      Shape size = new Shape(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]));
      return ops.topK(
          ops.corpusIndex(scope, corpus.data(), size, Precision.FLOAT32),
          new TopKQuery(users, requests, mask, k));
    }
  }

  private void write(
      RetrievalModel model, LookedUpInputs inputs, Outputs outputs, @Nullable TopK best) {
    int columns = model.config().embSize();
    int b = inputs.requests();
    int c = inputs.candidatesPerRequest();
    try (NpzWriter writer = NpzWriter.create(files.out())) {
      writer.write("user_representation", outputs.users(), b, columns);
      writer.write("user_norm", outputs.norms(), b, 1);
      writer.write("candidate_representation", outputs.candidates(), b, c, columns);
      writer.write("candidate_padding_mask", outputs.candidateMask(), b, c);
      if (best != null) {
        writer.write("top_k_indices", best.indices(), b, best.k());
        writer.write("top_k_scores", best.scores(), b, best.k());
      }
      writer.commit();
    }
  }
}
