package dev.phoenix.scoring;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Named scoring options. A preset's weights apply to the outputs that a model has and that were
 * trained; {@link Scorer#notice} lists the others.
 */
@SuppressWarnings("ImmutableEnumChecker") // The options are values.
public enum Preset {
  /**
   * The model's own: the published weights, and the retrieval score with the weight that training
   * chose. The published preset where it chose none.
   */
  MODEL(Preset.SCRIPT, Map.of(), Diversity.NONE),

  /** The published script's: 1.0 favorite + 0.5 reply + 0.3 repost + 0.2 dwell, nothing else. */
  PUBLISHED(Preset.SCRIPT, Map.of(), Diversity.NONE),

  /** The value model of the production recommender, as published in 2026. */
  PRODUCTION(
      "favorite=0.5,reply=5,repost=1,photo_expand=0.05,video_open=0.05,click=0.4,open_link=0.2,"
          + "profile_click=0,vqv=0.05,share=2,share_via_dm=5,share_via_copy_link=20,dwell=0,"
          + "quote=5,quoted_click=0.05,follow_author=4,post_unexplored=0.02,not_interested=-43.2,"
          + "block_author=-31.2,mute_author=-58.8,report=-234,not_dwelled=-0.02,continuous_1=0.004",
      Map.of("out_of_network", 0.75),
      new Diversity(
          Optional.of(AuthorDecay.PRODUCTION),
          Optional.empty(),
          Optional.of(VectorDiversity.PRODUCTION))),

  /** Orders by retrieval score, for feeds without a ranker. */
  RETRIEVAL("retrieval=1", Map.of(), Diversity.NONE);

  private static final String SCRIPT = "favorite=1,reply=0.5,repost=0.3,dwell=0.2";

  private final ScoreWeights weights;
  private final ScoringOptions options;

  Preset(String weights, Map<String, Double> corpusFactors, Diversity diversity) {
    this.weights = ScoreWeights.parse(weights);
    this.options =
        new ScoringOptions(
            new OutputWeights(Optional.of(this), ScoreWeights.NONE, UntrainedOutputs.REFUSED),
            ScoringOptions.DEFAULT_OFFSET,
            corpusFactors,
            diversity);
  }

  /** The weights that all models have. */
  public ScoreWeights weights() {
    return weights;
  }

  /** The preset as options. */
  public ScoringOptions options() {
    return options;
  }

  /** The name as files and messages spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The preset of a name; empty where there is none. */
  public static Optional<Preset> of(String label) {
    return Arrays.stream(values()).filter(preset -> preset.label().equals(label)).findFirst();
  }

  /** The names of all presets. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Preset::label).toList();
  }
}
