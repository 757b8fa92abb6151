package dev.phoenix.cli;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.model.NotFiniteException;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix infer ranker}. */
@Command(
    name = "ranker",
    description = {
      "Score the candidates of a batch of requests.",
      "In: user_hashes, user_embeddings, history_{post,author}_embeddings, history_post_hashes,"
          + " history_actions, history_product_surface, candidate_{post,author}_embeddings,"
          + " candidate_post_hashes, candidate_product_surface; optionally"
          + " history_continuous_actions, candidate_impr_ts, candidate_post_creation_ts,"
          + " user_ip_embeddings.",
      "Out: logits, probabilities [B, C, A], continuous_preds [B, C, continuous], ranked_indices"
          + " [B, C]."
    },
    mixinStandardHelpOptions = true)
final class InferRankerCommand implements Callable<Integer> {
  private static final int REQUESTS_PER_STEP = 16;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private InferOptions files = new InferOptions();
  @Mixin private BackendOptions backend = new BackendOptions();

  InferRankerCommand() {}

  /** The outputs of the whole batch, row-major. */
  private record Outputs(
      int candidates,
      int actions,
      int values,
      float[] logits,
      float[] probabilities,
      float[] continuous,
      int[] ranked) {

    static Outputs allocate(int requests, int candidates, ModelConfig config) {
      int rows = Math.multiplyExact(requests, candidates);
      int actions = config.actions().numActions();
      int values = config.actions().numContinuousActions();
      return new Outputs(
          candidates,
          actions,
          values,
          new float[Math.multiplyExact(rows, actions)],
          new float[rows * actions],
          new float[Math.multiplyExact(rows, values)],
          new int[rows]);
    }

    void take(int firstRequest, RankerOutput output) {
      for (int request = 0; request < output.requests(); request++) {
        int first = (firstRequest + request) * candidates;
        for (int candidate = 0; candidate < candidates; candidate++) {
          takeRow(first + candidate, output, request, candidate);
        }
        int[] order = output.rankedIndices(request);
        System.arraycopy(order, 0, ranked, first, candidates);
      }
    }

    private void takeRow(int row, RankerOutput output, int request, int candidate) {
      for (int action = 0; action < actions; action++) {
        logits[row * actions + action] = output.logit(request, candidate, action);
        probabilities[row * actions + action] = output.probability(request, candidate, action);
      }
      for (int i = 0; i < values; i++) {
        continuous[row * values + i] = output.continuous(request, candidate, i);
      }
    }
  }

  @Override
  public Integer call() {
    try (Ops ops = backend.open();
        Ranker ranker = Ranker.load(ops, files.model())) {
      LookedUpInputs inputs = LookedUpInputs.read(files.inputs(), ranker.config());
      int requests = inputs.requests();
      int candidates = inputs.candidatesPerRequest();
      Outputs outputs = Outputs.allocate(requests, candidates, ranker.config());
      run(ranker, inputs, outputs);
      write(outputs, requests);
      spec.commandLine()
          .getOut()
          .printf(
              "%,d requests x %,d candidates ranked on %s (%s): %s%n",
              requests, candidates, ops.name(), ops.precision().label(), files.out());
    }
    return 0;
  }

  private static void run(Ranker ranker, LookedUpInputs inputs, Outputs outputs) {
    List<HistoryFeatures> histories = inputs.histories();
    List<CandidateFeatures> candidates = inputs.candidates();
    RankerOutput output = ranker.output();
    try (Progress progress = new Progress("Ranking", "requests", histories.size())) {
      for (int from = 0; from < histories.size(); from += REQUESTS_PER_STEP) {
        int to = Math.min(histories.size(), from + REQUESTS_PER_STEP);
        ranker.rank(output, histories.subList(from, to), candidates.subList(from, to));
        outputs.take(from, output);
        requireFinite(outputs, from, candidates.subList(from, to));
        progress.accept(to);
      }
    }
  }

  /** Checks valid candidates only: outputs of padding may have any value. */
  private static void requireFinite(
      Outputs outputs, int firstRequest, List<CandidateFeatures> candidates) {
    for (int request = 0; request < candidates.size(); request++) {
      for (int i = 0; i < outputs.candidates(); i++) {
        int row = (firstRequest + request) * outputs.candidates() + i;
        int from = row * outputs.actions();
        if (candidates.get(request).isPost(i)) {
          NotFiniteException.require(
              "request %d, candidate %d: logits".formatted(firstRequest + request, i),
              Arrays.copyOfRange(outputs.logits(), from, from + outputs.actions()));
        }
      }
    }
  }

  private void write(Outputs outputs, int requests) {
    int c = outputs.candidates();
    try (NpzWriter writer = NpzWriter.create(files.out())) {
      writer.write("logits", outputs.logits(), requests, c, outputs.actions());
      writer.write("probabilities", outputs.probabilities(), requests, c, outputs.actions());
      writer.write("continuous_preds", outputs.continuous(), requests, c, outputs.values());
      writer.write("ranked_indices", outputs.ranked(), requests, c);
      writer.commit();
    }
  }
}
