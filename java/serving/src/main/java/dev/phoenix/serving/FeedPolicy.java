package dev.phoenix.serving;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.JsonPlace;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Candidates;
import dev.phoenix.scoring.ModelOutputs;
import dev.phoenix.scoring.NonFiniteScoreException;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.scoring.ScoringReader;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingResponse.Posts;
import dev.phoenix.serving.ServingResponse.Scores;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How scores become a feed, and what action indices mean. Any thread may call. */
public final class FeedPolicy {
  /** The model's own scoring, and the published pipeline's number of posts. */
  public static final FeedPolicy DEFAULT =
      new FeedPolicy(ActionTaxonomy.ENUM, Preset.MODEL.options(), 200);

  private static final System.Logger LOG = System.getLogger(FeedPolicy.class.getName());
  private static final int MAX_NOTICES = 256;

  private final ActionTaxonomy taxonomy;
  private final ScoringOptions scoring;
  private final int defaultTopK;
  private final Set<String> notices = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Scorer latest;

  /**
   * A policy.
   *
   * @param taxonomy of the model's actions
   * @param scoring what feeds are ordered by where a request does not say
   * @param defaultTopK posts to retrieve where a request does not say how many
   */
  public FeedPolicy(ActionTaxonomy taxonomy, ScoringOptions scoring, int defaultTopK) {
    this.taxonomy = taxonomy;
    this.scoring = scoring;
    this.defaultTopK = defaultTopK;
  }

  /** The names of the model's actions. */
  public ActionTaxonomy taxonomy() {
    return taxonomy;
  }

  /** What feeds are ordered by where a request does not say. */
  public ScoringOptions scoring() {
    return scoring;
  }

  /** Posts to retrieve where a request does not say how many. */
  public int defaultTopK() {
    return defaultTopK;
  }

  /**
   * Checks that the policy's own options can be used with a model.
   *
   * @throws IllegalArgumentException naming the output or corpus that there is not
   */
  public void require(ModelInfo model) {
    var _ = scorer(scoring, outputs(model));
    scoring.requireCorpora(model.corpora());
  }

  /**
   * Checks that a request's options can be used with a model.
   *
   * @param model that serves; null where none does yet
   * @throws Rejection naming the output or corpus that there is not
   */
  public void check(ScoringOptions asked, @Nullable ModelInfo model) {
    if (model == null || asked.equals(scoring)) {
      return;
    }
    try {
      var _ = scorer(asked, outputs(model));
      asked.requireCorpora(model.corpora());
    } catch (IllegalArgumentException refused) {
      throw model.ranker().isPresent()
          ? invalid(refused)
          : new Rejection(
              Reason.INVALID,
              "weights: this server runs without a ranker: " + refused.getMessage());
    }
  }

  private ModelOutputs outputs(ModelInfo model) {
    return model
        .ranker()
        .map(config -> ModelOutputs.of(taxonomy, config))
        .orElseGet(() -> ModelOutputs.withoutRanker(taxonomy));
  }

  private static Rejection invalid(IllegalArgumentException refused) {
    return new Rejection(Reason.INVALID, "weights: " + refused.getMessage());
  }

  /**
   * Options that a request gives as an object.
   *
   * @throws Rejection naming the key, what was expected and what was found
   */
  public static ScoringOptions options(JsonPlace json) {
    try {
      return ScoringReader.read(json);
    } catch (IllegalArgumentException | CheckpointException refused) {
      throw new Rejection(Reason.INVALID, String.valueOf(refused.getMessage()));
    }
  }

  /**
   * Options that a request gives as a text.
   *
   * @throws Rejection if it is neither a preset nor weights
   */
  public static ScoringOptions options(String text) {
    try {
      return ScoringReader.inline(text);
    } catch (IllegalArgumentException refused) {
      throw invalid(refused);
    }
  }

  /** The order of a whole feed by the policy's own options. */
  public Ranking rank(ServingResponse response) {
    return rank(response, scoring, Integer.MAX_VALUE);
  }

  /**
   * The order of a feed.
   *
   * @param places the number of posts that are shown
   * @throws Rejection if the model that answered does not have a weighted output, or a weighted
   *     output is not finite
   */
  public Ranking rank(ServingResponse response, ScoringOptions asked, int places) {
    Posts posts = response.posts();
    Candidates candidates =
        Candidates.retrieved(posts.postIds(), posts.authorIds(), posts.retrievalScores())
            .withCorpora(posts.corpora());
    Scores scores = response.scores();
    if (scores != null) {
      candidates = candidates.withOutputs(scores.probabilities(), scores.continuousValues());
    }
    try {
      Scorer scorer = scorer(asked, outputs(response.model()));
      return scorer.rank(
          asked.needsVectors() ? candidates.withVectors(posts.vectors()) : candidates, places);
    } catch (IllegalArgumentException refused) {
      throw invalid(refused);
    } catch (NonFiniteScoreException broken) {
      throw new Rejection(Reason.NOT_FINITE, String.valueOf(broken.getMessage()));
    }
  }

  /** The options resolved for a model; says once which of a preset's weights have no effect. */
  private Scorer scorer(ScoringOptions options, ModelOutputs outputs) {
    Scorer known = latest;
    if (known != null && known.model().equals(outputs) && known.options().equals(options)) {
      return known;
    }
    Scorer scorer = Scorer.create(options, outputs);
    latest = scorer;
    scorer
        .notice()
        .filter(notice -> notices.size() < MAX_NOTICES && notices.add(notice))
        .ifPresent(notice -> LOG.log(Level.INFO, "{0}", notice));
    return scorer;
  }

  /**
   * The index in the model of an action given by its number in the action enum; -1 where the
   * taxonomy does not have it. In the taxonomy {@code enum} the number is the index; {@code runner}
   * has the same actions under indices of its own.
   */
  public int actionIndex(int number) {
    if (taxonomy == ActionTaxonomy.ENUM) {
      return number;
    }
    String name = ActionTaxonomy.ENUM.name(number);
    return taxonomy.index(name).orElse(-1);
  }
}
