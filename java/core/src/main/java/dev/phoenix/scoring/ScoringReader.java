package dev.phoenix.scoring;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.JsonPlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads scoring options from text and JSON. The form is documented in docs/scoring.md. */
public final class ScoringReader {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final List<String> KEYS =
      List.of(
          "preset",
          "weights",
          "allow_untrained",
          "offset",
          "author_decay",
          "author_window",
          "diversity",
          "corpus_factors");

  private ScoringReader() {}

  /**
   * Reads an option value of the command line or the server: the name of a preset, weights as
   * {@code name=weight,...}, or the path of a JSON file.
   *
   * @throws IllegalArgumentException if the text is neither a preset, nor weights, nor a file
   * @throws CheckpointException if the file does not have the documented form
   */
  public static ScoringOptions parse(String text) {
    return Preset.of(text).isEmpty() && isFile(text) ? read(Path.of(text)) : inline(text);
  }

  /**
   * Reads options without access to files: the name of a preset, or weights as {@code
   * name=weight,...}.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static ScoringOptions inline(String text) {
    Optional<Preset> preset = Preset.of(text);
    if (preset.isPresent()) {
      return preset.get().options();
    }
    if (text.contains("=") || text.contains(",")) {
      return ScoringOptions.of(ScoreWeights.parse(text));
    }
    throw new IllegalArgumentException(
        "expected weights such as favorite=1,reply=0.5, a preset (%s) or a JSON file, found '%s'"
            .formatted(String.join(", ", Preset.labels()), text));
  }

  private static boolean isFile(String text) {
    // A path cannot hold this character, and Path.of would throw.
    return text.indexOf('\0') < 0 && !text.isEmpty() && Files.isRegularFile(Path.of(text));
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException naming the file, the key, what was expected and what was found
   */
  public static ScoringOptions read(Path file) {
    return read(JsonPlace.read(file, MAX_FILE_BYTES));
  }

  /**
   * Reads a JSON object: options, or an object of weights by output name.
   *
   * @throws CheckpointException naming the key, what was expected and what was found
   */
  public static ScoringOptions read(JsonPlace json) {
    List<String> keys = json.keys();
    boolean isWeightsAlone =
        !keys.isEmpty()
            && Collections.disjoint(keys, KEYS)
            && keys.stream().allMatch(key -> json.member(key).isNumber());
    return isWeightsAlone
        ? ScoringOptions.of(weights(json))
        : checked(json, () -> new Document(json).options());
  }

  /** Adds the place in the document to errors of the options' own range checks. */
  private static <T> T checked(JsonPlace json, java.util.function.Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException refused) {
      throw new CheckpointException(json + ": " + refused.getMessage(), refused);
    }
  }

  private static ScoreWeights weights(JsonPlace json) {
    SequencedMap<String, Float> weights = new LinkedHashMap<>();
    for (String name : json.keys()) {
      double weight =
          json.member(name).numberFrom(-ScoreWeights.MAX_WEIGHT, ScoreWeights.MAX_WEIGHT);
      weights.put(name, (float) weight);
    }
    return new ScoreWeights(weights);
  }

  /** One document; keys that it lacks take the values of its preset. */
  private record Document(JsonPlace json) {
    ScoringOptions options() {
      List<String> unknown = json.keys().stream().filter(key -> !KEYS.contains(key)).toList();
      if (!unknown.isEmpty()) {
        throw json.member(unknown.getFirst())
            .refuse("one of the keys " + String.join(", ", KEYS) + " instead of this one");
      }
      Optional<Preset> preset = preset();
      JsonPlace explicit = json.member("weights");
      if (preset.isEmpty() && !explicit.isGiven()) {
        throw json.refuse("weights, a preset, or both");
      }
      ScoringOptions base =
          preset.map(Preset::options).orElseGet(() -> ScoringOptions.of(ScoreWeights.NONE));
      return new ScoringOptions(
          new OutputWeights(
              preset,
              explicit.isGiven() ? weights(explicit) : ScoreWeights.NONE,
              untrained(json.member("allow_untrained"))),
          given("offset") ? offset(json.member("offset")) : base.offset(),
          corpusFactors(base.corpusFactors()),
          new Diversity(
              step("author_decay", base.diversity().authorDecay(), Document::authorDecay),
              step("author_window", base.diversity().authorWindow(), Document::authorWindow),
              step("diversity", base.diversity().vectors(), Document::vectors)));
    }

    private boolean given(String key) {
      return json.member(key).isGiven();
    }

    private Optional<Preset> preset() {
      JsonPlace place = json.member("preset");
      if (!place.isGiven()) {
        return Optional.empty();
      }
      Optional<Preset> preset = place.text().flatMap(Preset::of);
      if (preset.isEmpty()) {
        throw place.refuse("one of " + String.join(", ", Preset.labels()));
      }
      return preset;
    }

    private static UntrainedOutputs untrained(JsonPlace place) {
      return place.isGiven() && place.bool() ? UntrainedOutputs.ALLOWED : UntrainedOutputs.REFUSED;
    }

    private static double offset(JsonPlace place) {
      return place.numberFrom(0, ScoreWeights.MAX_WEIGHT);
    }

    /** A diversity step: the preset's if the key is missing, none if its value is null. */
    private <T> Optional<T> step(String key, Optional<T> preset, Function<JsonPlace, T> reader) {
      JsonPlace place = json.member(key);
      if (!place.isGiven()) {
        return preset;
      }
      return place.isNull() ? Optional.empty() : Optional.of(reader.apply(place));
    }

    private static AuthorDecay authorDecay(JsonPlace place) {
      requireKeys(place, "decay", "floor");
      return new AuthorDecay(
          place.member("decay").numberFrom(0, 1), place.member("floor").numberFrom(0, 1));
    }

    private static AuthorWindow authorWindow(JsonPlace place) {
      requireKeys(place, "posts", "window");
      return new AuthorWindow(
          place.member("posts").integer(1, AuthorWindow.MAX_WINDOW),
          place.member("window").integer(2, AuthorWindow.MAX_WINDOW));
    }

    private static VectorDiversity vectors(JsonPlace place) {
      requireKeys(place, "method", "theta", "first");
      JsonPlace method = place.member("method");
      Map<String, VectorDiversity.Method> byLabel = new TreeMap<>();
      for (VectorDiversity.Method each : VectorDiversity.Method.values()) {
        byLabel.put(each.label(), each);
      }
      VectorDiversity.@Nullable Method named = method.text().map(byLabel::get).orElse(null);
      if (named == null) {
        throw method.refuse("one of " + String.join(", ", byLabel.keySet()));
      }
      return new VectorDiversity(
          named,
          place.member("theta").numberFrom(0, 1),
          place.member("first").integer(2, VectorDiversity.MAX_FIRST));
    }

    private Map<String, Double> corpusFactors(Map<String, Double> preset) {
      JsonPlace place = json.member("corpus_factors");
      if (!place.isGiven()) {
        return preset;
      }
      Map<String, Double> factors = new HashMap<>();
      if (!place.isNull()) {
        for (String corpus : place.keys()) {
          factors.put(corpus, place.member(corpus).numberFrom(0, ScoringOptions.MAX_FACTOR));
        }
      }
      return factors;
    }

    private static void requireKeys(JsonPlace place, String... expected) {
      List<String> known = List.of(expected);
      for (String key : place.keys()) {
        if (!known.contains(key)) {
          throw place
              .member(key)
              .refuse("one of the keys " + String.join(", ", known) + " instead of this one");
        }
      }
    }
  }
}
