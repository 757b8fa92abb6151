package dev.phoenix.parity;

import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The whole pipeline from ids to a ranked feed. */
record PipelineCase(Path folder, Path shipped) implements GoldenCase {
  @Override
  public String name() {
    return folder.getFileName().toString();
  }

  @Override
  public List<TensorCheck> run(Ops ops) {
    boolean own = Files.isDirectory(folder.resolve("ranker"));
    Artifacts artifacts = new Artifacts(own ? folder : shipped);
    Path corpus = artifacts.directory().resolve("corpus.npz");
    // The published script reads the first S events of its file.
    try (Pipeline pipeline = Pipeline.open(ops, artifacts, corpus, Optional.of(HistoryEnd.FIRST));
        Expected expected = Expected.open(folder)) {
      UserSequence sequence = UserSequence.read(artifacts.sequence());
      int topK = expected.ints("retrieved_indices").length;
      int actions = pipeline.ranker().config().actions().numActions();
      Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM);
      Feed feed = pipeline.recommend(FeedRequest.published(sequence, topK), scorer);
      return checks(feed, actions, expected, ops.precision());
    }
  }

  private static List<TensorCheck> checks(
      Feed feed, int actions, Expected expected, Precision precision) {
    Bounds bounds = new Bounds(precision);
    Retrieved found = Retrieved.of(feed, actions);
    float[] expectedScores = expected.floats("retrieved_scores");
    List<TensorCheck> checks = new ArrayList<>();
    checks.add(check("user_representation", feed.user(), expected, bounds));
    checks.add(check("retrieved_scores", found.scores(), expected, bounds));
    checks.add(
        IndexCheck.check(
            "retrieved_indices",
            precision,
            new IndexCheck.Ranked(found.indices(), found.scores()),
            new IndexCheck.Ranked(expected.ints("retrieved_indices"), expectedScores)));
    if (precision == Precision.FLOAT32) {
      // In bfloat16 the posts may be in another order, so only float32 is compared row by row.
      checks.add(check("probabilities", found.probabilities(), expected, bounds));
      checks.add(check("weighted_scores", found.weighted(), expected, bounds));
      checks.add(ranked(feed, expected));
    }
    return checks;
  }

  private static TensorCheck check(String tensor, float[] found, Expected expected, Bounds bounds) {
    return bounds.check(tensor, found, expected.floats(tensor), expected.roundedFloats(tensor));
  }

  private static TensorCheck ranked(Feed feed, Expected expected) {
    int[] order = expected.ints("ranked");
    int different = 0;
    for (int i = 0; i < order.length; i++) {
      different += feed.items().get(i).retrievalRank() == order[i] ? 0 : 1;
    }
    return new TensorCheck("ranked", "differ", different, 0);
  }

  /** The feed in the order of retrieval. */
  private record Retrieved(int[] indices, float[] scores, float[] weighted, float[] probabilities) {
    static Retrieved of(Feed feed, int actions) {
      List<Feed.Item> items =
          feed.items().stream().sorted(Comparator.comparingInt(Feed.Item::retrievalRank)).toList();
      int count = items.size();
      Retrieved all =
          new Retrieved(
              new int[count], new float[count], new float[count], new float[count * actions]);
      for (int i = 0; i < count; i++) {
        Feed.Item item = items.get(i);
        all.indices[i] = item.corpusIndex();
        all.scores[i] = item.retrievalScore();
        all.weighted[i] = item.weightedScore();
        System.arraycopy(item.probabilities(), 0, all.probabilities, i * actions, actions);
      }
      return all;
    }
  }
}
