package dev.phoenix.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.scoring.Output.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests names of outputs, presets and untrained outputs. */
class ModelOutputsTest {
  private static ModelOutputs model(ActionTaxonomy taxonomy, int actions) {
    return new ModelOutputs(taxonomy, actions, 8, Optional.empty(), 0);
  }

  private static ModelOutputs trained(Set<Integer> actions, Set<Integer> continuous) {
    return new ModelOutputs(
        ActionTaxonomy.ENUM,
        19,
        8,
        Optional.of(new TrainedOutputs(new TreeSet<>(actions), new TreeSet<>(continuous))),
        0);
  }

  private static String refusal(String weights, ModelOutputs model) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () -> Scorer.create(ScoringReader.parse(weights), model))
            .getMessage());
  }

  @ParameterizedTest
  @EnumSource(ActionTaxonomy.class)
  void everyOutputHasANameThatFindsIt(ActionTaxonomy taxonomy) {
    ModelOutputs model = model(taxonomy, 128);
    for (Kind kind : Kind.values()) {
      int count = kind == Kind.ACTION ? 128 : kind == Kind.CONTINUOUS ? 8 : 1;
      for (int index = 0; index < count; index++) {
        Output output = new Output(kind, index);
        assertEquals(output, model.output(model.name(output)));
      }
    }
    assertEquals(new Output(Kind.ACTION, 127), model.output("action_127"));
    assertEquals(new Output(Kind.ACTION, 1), model.output("action_1"));
    assertEquals(new Output(Kind.CONTINUOUS, 7), model.output("continuous_7"));
  }

  @ParameterizedTest
  @CsvSource({
    "server_report, 10", "not_dwelled, 12", "report, 16", "see_fewer, 19",
    "share_via_copy_link, 32", "share_via_dm, 33", "bookmark, 36", "open_link, 39",
    "video_open, 47", "post_unexplored, 59", "favorite, 1", "vqv, 13"
  })
  void theEnumHasTheNumbersOfTheProductionTaxonomy(String name, int number) {
    ModelOutputs model = model(ActionTaxonomy.ENUM, 64);
    assertEquals(new Output(Kind.ACTION, number), model.output(name));
  }

  @Test
  void continuousOutputsHaveNamesAndNumbers() {
    ModelOutputs model = model(ActionTaxonomy.ENUM, 19);
    assertEquals(new Output(Kind.CONTINUOUS, 1), model.output("dwell_time"));
    assertEquals(new Output(Kind.CONTINUOUS, 2), model.output("video_watch_time"));
    assertEquals(new Output(Kind.CONTINUOUS, 3), model.output("scroll_depth"));
    IllegalArgumentException ambiguous =
        assertThrows(
            IllegalArgumentException.class,
            () -> model(ActionTaxonomy.RUNNER, 19).output("dwell_time"));
    assertEquals(
        "'dwell_time' is an action and a continuous output; expected action_18 or continuous_1",
        ambiguous.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "share_via_dm=1, 'no action ''share_via_dm'' among the model''s 19, which would be number 33'",
    "action_19=1, 'no action ''action_19'' among the model''s 19'",
    "favourite=1, 'expected one of favorite, reply'",
    "continuous_8=1, 'continuous_0 to continuous_7'",
    "action_01=1, 'no action ''action_01'''",
    "'favorite=1,action_1=2', 'given twice'",
    "favorite=0, 'expected a weight other than 0'",
    "33=2, 'no action ''33'''"
  })
  void aWeightOfAnOutputThatThereIsNotIsRefused(String weights, String message) {
    String refusal = refusal(weights, model(ActionTaxonomy.ENUM, 19));
    assertTrue(refusal.contains(message), refusal);
  }

  @Test
  void thePresetsLeaveOutWhatAModelOfNineteenActionsDoesNotHave() {
    Scorer inEnum = Scorer.create(Preset.PRODUCTION.options(), model(ActionTaxonomy.ENUM, 19));
    String notice = inEnum.notice().orElseThrow();
    assertTrue(notice.startsWith("preset production: no weight for video_open, click"), notice);
    assertTrue(notice.contains("share_via_copy_link") && notice.contains("quoted_click"), notice);
    assertFalse(notice.contains("favorite") || notice.contains(" report"), notice);
    Scorer inRunner = Scorer.create(Preset.PRODUCTION.options(), model(ActionTaxonomy.RUNNER, 19));
    assertEquals(
        "preset production: no weight for video_open, open_link, post_unexplored, not_dwelled"
            + " (not among the model's outputs)",
        inRunner.notice().orElseThrow());
    for (ActionTaxonomy taxonomy : ActionTaxonomy.values()) {
      Scorer published = Scorer.create(Preset.PUBLISHED.options(), model(taxonomy, 19));
      assertTrue(published.notice().isEmpty());
    }
    assertTrue(
        Scorer.create(Preset.PUBLISHED.options(), model(ActionTaxonomy.ENUM, 7))
            .notice()
            .orElseThrow()
            .contains("dwell (not among"));
  }

  @Test
  void thePresetModelHasTheWeightThatTrainingChose() {
    ModelOutputs trained = trained(Set.of(1), Set.of());
    assertEquals(
        "favorite=1.0",
        Scorer.create(Preset.MODEL.options(), trained).weights().toString(),
        "the published weights where training chose none");
    ModelOutputs mixed = new ModelOutputs(trained.taxonomy(), 19, 8, trained.trained(), 2.5);
    assertEquals(
        "favorite=1.0,retrieval=2.5",
        Scorer.create(Preset.MODEL.options(), mixed).weights().toString());
    assertEquals(
        "favorite=1.0", Scorer.create(Preset.PUBLISHED.options(), mixed).weights().toString());
    assertEquals(
        "favorite=1.0,retrieval=0.5",
        Scorer.create(
                new ScoringOptions(
                    new OutputWeights(
                        Optional.of(Preset.MODEL),
                        ScoreWeights.parse("retrieval=0.5"),
                        UntrainedOutputs.REFUSED),
                    1,
                    Map.of(),
                    Diversity.NONE),
                mixed)
            .weights()
            .toString(),
        "a weight that is given replaces the model's");
  }

  @Test
  void aWeightOfAnUntrainedOutputIsRefusedUnlessItIsAllowed() {
    ModelOutputs model = trained(Set.of(1, 4), Set.of(1));
    String refusal = refusal("favorite=1,repost=2", model);
    assertTrue(refusal.contains("'repost'"), refusal);
    assertTrue(refusal.contains("favorite, reply, dwell_time"), refusal);
    refusal("scroll_depth=1", model);
    ScoringOptions asked = ScoringReader.parse("favorite=1,repost=2");
    assertTrue(Scorer.create(asked.with(UntrainedOutputs.ALLOWED), model).notice().isEmpty());
    Scorer.create(ScoringReader.parse("favorite=1,dwell_time=2,retrieval=1"), model);
    String notice = Scorer.create(Preset.PUBLISHED.options(), model).notice().orElseThrow();
    assertEquals("preset published: no weight for repost, dwell (not trained)", notice);
    String none = "expected a weight other than 0 of an output of the model, found none";
    String retrieval = "; the preset retrieval orders without a ranker's outputs";
    assertEquals(
        none + "; left out: favorite, reply, repost, dwell (not trained)" + retrieval,
        refusal("published", trained(Set.of(), Set.of())));
    assertEquals(none + retrieval, refusal("favorite=0", model));
  }

  @Test
  void theMessageListsWhatThereIs() {
    ModelOutputs two = new ModelOutputs(ActionTaxonomy.ENUM, 2, 2, Optional.empty(), 0);
    assertEquals(
        "taxonomy enum has no action 'x' among the model's 2; expected one of favorite,"
            + " continuous_0, dwell_time, retrieval, or a number from action_0 to action_1,"
            + " continuous_0 to continuous_1",
        message(two));
    ModelOutputs many = new ModelOutputs(ActionTaxonomy.RUNNER, 1, 6, Optional.empty(), 0);
    assertEquals(
        "taxonomy runner has no action 'x' among the model's 1; expected one of favorite,"
            + " continuous_0, continuous_1, video_watch_time, scroll_depth, retrieval, or a number"
            + " from action_0 to action_0, continuous_0 to continuous_5",
        message(many));
    assertEquals(
        "taxonomy enum has no action 'x' among the model's 0; expected one of retrieval",
        message(ModelOutputs.withoutRanker(ActionTaxonomy.ENUM)));
  }

  private static String message(ModelOutputs model) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> model.output("x")).getMessage());
  }

  @Test
  void outputsAreThoseOfTheConfiguration() {
    ModelConfig config =
        ModelConfig.parse(
            """
            {"emb_size": 64, "history_seq_len": 16, "candidate_seq_len": 8, "num_user_hashes": 2,
             "num_item_hashes": 2, "num_author_hashes": 1, "key_size": 32, "num_heads": 4,
             "num_layers": 1, "num_actions": 19, "num_continuous_actions": 3,
             "trained_actions": [1], "retrieval_weight": 0.5}
            """,
            "test");
    ModelOutputs model = ModelOutputs.of(ActionTaxonomy.RUNNER, config);
    assertEquals(
        new ModelOutputs(ActionTaxonomy.RUNNER, 19, 3, config.actions().trained(), 0.5), model);
    assertEquals(
        new ModelOutputs(ActionTaxonomy.RUNNER, 19, 3, config.actions().trained(), 2),
        model.withRetrievalWeight(2));
    assertTrue(model.has("favorite") && model.has("continuous_2") && model.has("retrieval"));
    assertFalse(model.has("continuous_3") || model.has("action_19") || model.has("x"));
    assertFalse(model.has("dwell_time"), "an action and a continuous output");
    assertEquals("action_18", model.name(new Output(Kind.ACTION, 18)));
    assertEquals("reply", model.trainedNames());
    assertEquals("none", trained(Set.of(), Set.of()).trainedNames());
    assertTrue(model.isTrained(new Output(Kind.RETRIEVAL, 0)));
    assertFalse(model.isTrained(new Output(Kind.CONTINUOUS, 1)));
  }
}
