package dev.phoenix.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the text and JSON forms of scoring options. */
class ScoringReaderTest {
  @TempDir private Path folder = Path.of(".");

  private ScoringOptions read(String json) throws IOException {
    Path file = folder.resolve("weights.json");
    Files.writeString(file, json);
    return ScoringReader.parse(file.toString());
  }

  @Test
  void aDocumentHasEverything() throws IOException {
    ScoringOptions options =
        read(
            """
            {"preset": "published",
             "weights": {"reply": -2, "continuous_1": 0.5},
             "allow_untrained": true,
             "offset": 0.5,
             "author_decay": {"decay": 0.75, "floor": 0.1},
             "author_window": {"posts": 2, "window": 20},
             "diversity": {"method": "mmr", "theta": 0.5, "first": 100},
             "corpus_factors": {"news": 0.75}}
            """);
    assertEquals(
        new ScoringOptions(
            new OutputWeights(
                Optional.of(Preset.PUBLISHED),
                ScoreWeights.parse("reply=-2,continuous_1=0.5"),
                UntrainedOutputs.ALLOWED),
            0.5,
            Map.of("news", 0.75),
            new Diversity(
                Optional.of(new AuthorDecay(0.75, 0.1)),
                Optional.of(new AuthorWindow(2, 20)),
                Optional.of(new VectorDiversity(VectorDiversity.Method.MMR, 0.5, 100)))),
        options);
  }

  @Test
  void weightsAloneAreShortForADocument() throws IOException {
    ScoringOptions expected = ScoringReader.parse("favorite=1,action_33=-2.5");
    assertEquals(expected, read("{\"favorite\": 1, \"action_33\": -2.5}"));
    assertEquals(expected, read("{\"weights\": {\"favorite\": 1, \"action_33\": -2.5}}"));
  }

  @Test
  void whatADocumentDoesNotGiveIsItsPresetsAndNullTurnsAStepOff() throws IOException {
    assertEquals(Preset.PRODUCTION.options(), read("{\"preset\": \"production\"}"));
    ScoringOptions changed =
        read(
            """
            {"preset": "production", "author_decay": null, "corpus_factors": null,
             "diversity": null, "weights": {"dwell": 0.3}}
            """);
    assertEquals(Diversity.NONE, changed.diversity());
    assertEquals(Map.of(), changed.corpusFactors());
    assertEquals(ScoreWeights.parse("dwell=0.3"), changed.weights().explicit());
  }

  @Test
  void presetsAreKnownByName() {
    for (Preset preset : Preset.values()) {
      assertEquals(preset.options(), ScoringReader.parse(preset.label()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                         | $: expected weights, a preset, or both, found {}
          []                                         | $: expected an object, found []
          3                                          | $: expected an object, found 3
          {"wieghts": {"favorite": 1}}               | $.wieghts: expected one of the keys preset, weights
          {"favorite": 1, "offset": 1}               | $.favorite: expected one of the keys
          {"favorite": "1"}                          | $.favorite: expected one of the keys
          {"favorite": 1e7}                          | $.favorite: expected a number from -1000000 to 1000000, found 1.0E7
          {"favorite": 1e400}                        | $.favorite: expected a number from
          {"preset": "best"}                         | $.preset: expected one of model, published, production, retrieval, found "best"
          {"preset": null}                           | $.preset: expected one of
          {"weights": 1}                             | $.weights: expected an object, found 1
          {"weights": []}                            | $.weights: expected an object, found []
          {"weights": {"reply": null}}               | $.weights.reply: expected a number
          {"weights": {"reply": "1"}}                | $.weights.reply: expected a number
          {"weights": {"reply": 1, "reply": 2}}      | Duplicate
          {"preset": "published", "allow_untrained": 1} | $.allow_untrained: expected true or false, found 1
          {"preset": "published", "offset": 0}       | offset: expected a number above 0
          {"preset": "published", "offset": -1}      | $.offset: expected a number from 0
          {"preset": "published", "offset": null}    | $.offset: expected a number from 0
          {"preset": "published", "author_decay": 1} | $.author_decay: expected an object, found 1
          {"preset": "published", "author_decay": {}} | $.author_decay.decay: expected a number from 0 to 1, found nothing
          {"preset": "published", "author_decay": {"decay": 2, "floor": 0}} | $.author_decay.decay: expected a number from 0 to 1, found 2
          {"preset": "published", "author_decay": {"decay": 1, "floor": 0, "x": 1}} | $.author_decay.x: expected one of the keys decay, floor
          {"preset": "published", "author_window": {"posts": 1, "window": 9, "x": 1}} | $.author_window.x: expected one of the keys posts, window
          {"preset": "published", "diversity": {"method": "dpp", "theta": 1, "first": 9, "x": 1}} | $.diversity.x: expected one of the keys method, theta, first
          {"preset": "published", "author_window": {"posts": 0, "window": 20}} | $.author_window.posts: expected an integer from 1
          {"preset": "published", "author_window": {"posts": 1, "window": 1}} | $.author_window.window: expected an integer from 2
          {"preset": "published", "author_window": {"posts": 1.5, "window": 9}} | $.author_window.posts: expected an integer
          {"preset": "published", "diversity": {"method": "best", "theta": 0.5, "first": 9}} | $.diversity.method: expected one of dpp, mmr, found "best"
          {"preset": "published", "diversity": {"method": "dpp", "theta": 2, "first": 9}} | $.diversity.theta: expected a number from 0 to 1
          {"preset": "published", "diversity": {"method": "dpp", "theta": 1, "first": 501}} | $.diversity.first: expected an integer from 2 to 500
          {"preset": "published", "corpus_factors": {"news": -1}} | $.corpus_factors.news: expected a number from 0 to 1000
          {"preset": "published"                     | expected JSON, found an error at line 1
          """)
  void aDocumentOfAnotherFormIsRefusedWithKeyExpectedAndFound(String json, String message) {
    CheckpointException refused = assertThrows(CheckpointException.class, () -> read(json));
    String found = String.valueOf(refused.getMessage());
    assertTrue(found.contains("weights.json: ") && found.contains(message), found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "favorite",
        "favorite=",
        "=1",
        "favorite=x",
        "favorite=NaN",
        "favorite=Infinity",
        "favorite=1,",
        "favorite=1,,reply=1",
        "favorite=1,favorite=2",
        "favorite=2000000",
        "nowhere.json",
        "PUBLISHED"
      })
  void textOfAnotherFormIsRefused(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> ScoringReader.parse(text));
    assertTrue(String.valueOf(refused.getMessage()).contains("'"), refused.getMessage());
  }

  @Test
  void aFactorOfACorpusThatThereIsNotIsRefusedUnlessAPresetNamesIt() throws IOException {
    Preset.PRODUCTION.options().requireCorpora(List.of("default"));
    ScoringOptions options =
        read("{\"preset\": \"published\", \"corpus_factors\": {\"news\": 0.5}}");
    options.requireCorpora(List.of("default", "news"));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> options.requireCorpora(List.of("default")));
    assertEquals(
        "corpus_factors: expected one of the corpora [default], found 'news'",
        refused.getMessage());
  }

  @Test
  void endsOfRangesBelongToThem() throws IOException {
    ScoringOptions least =
        read(
            """
            {"weights": {"favorite": -1000000},
             "author_decay": {"decay": 0, "floor": 1},
             "author_window": {"posts": 1, "window": 2},
             "diversity": {"method": "dpp", "theta": 0, "first": 2},
             "corpus_factors": {"news": 0}}
            """);
    assertEquals(ScoreWeights.parse("favorite=-1000000"), least.weights().explicit());
    assertEquals(Optional.of(new AuthorDecay(0, 1)), least.diversity().authorDecay());
    assertEquals(Optional.of(new AuthorWindow(1, 2)), least.diversity().authorWindow());
    assertEquals(Map.of("news", 0.0), least.corpusFactors());
    assertEquals(UntrainedOutputs.REFUSED, least.weights().untrained());
    assertEquals(ScoringOptions.DEFAULT_OFFSET, least.offset());
    ScoringOptions most =
        read(
            """
            {"weights": {"favorite": 1000000}, "offset": 1000000, "allow_untrained": false,
             "author_window": {"posts": 10000, "window": 10000},
             "diversity": {"method": "dpp", "theta": 1, "first": 500},
             "corpus_factors": {"news": 1000}}
            """);
    assertEquals(1e6, most.offset());
    assertEquals(UntrainedOutputs.REFUSED, most.weights().untrained());
    assertEquals(500, most.diversity().vectors().orElseThrow().first());
    assertEquals(Map.of("news", 1000.0), most.corpusFactors());
  }

  @Test
  void aFileIsReadWhateverItsNameAndAFolderIsNot() throws IOException {
    Path file = folder.resolve("favorite=1");
    Files.writeString(file, "{\"preset\": \"published\"}");
    assertEquals(Preset.PUBLISHED.options(), ScoringReader.parse(file.toString()));
    for (String text : List.of(folder.toString(), "a\0b", "\0")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> ScoringReader.parse(text));
      assertTrue(
          String.valueOf(refused.getMessage())
              .startsWith(
                  "expected weights such as favorite=1,reply=0.5, a preset (model, published,"
                      + " production, retrieval) or a JSON file, found '"),
          refused.getMessage());
    }
    assertEquals(
        "favorite=1.0", ScoringReader.inline("favorite=1").weights().explicit().toString());
  }
}
