package dev.phoenix.scoring;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;

/**
 * The outputs of a ranker and their names. An output can be named in two ways: by its name ({@code
 * favorite}, {@code dwell_time}) and by its number ({@code action_33}, {@code continuous_1}).
 * {@code retrieval} names the retrieval score, which exists without a ranker too.
 *
 * @param taxonomy names of the discrete actions
 * @param actions discrete actions, A; 0 without a ranker
 * @param continuous continuous outputs; 0 without a ranker
 * @param trained outputs that the training data had labels for; empty where that is not known
 * @param retrievalWeight weight of the retrieval score in the preset {@code model}; 0 for none
 */
public record ModelOutputs(
    ActionTaxonomy taxonomy,
    int actions,
    int continuous,
    Optional<TrainedOutputs> trained,
    double retrievalWeight) {
  /** The name of the retrieval score. */
  public static final String RETRIEVAL = "retrieval";

  private static final List<String> CONTINUOUS_NAMES =
      List.of("continuous_0", "dwell_time", "video_watch_time", "scroll_depth");

  private static final String ACTION_PREFIX = "action_";
  private static final String CONTINUOUS_PREFIX = "continuous_";

  /** The outputs of a ranker. */
  public static ModelOutputs of(ActionTaxonomy taxonomy, ModelConfig config) {
    return new ModelOutputs(
        taxonomy,
        config.actions().numActions(),
        config.actions().numContinuousActions(),
        config.actions().trained(),
        config.retrieval().retrievalWeight());
  }

  /** The same outputs with another weight of the retrieval score in the preset {@code model}. */
  public ModelOutputs withRetrievalWeight(double weight) {
    return new ModelOutputs(taxonomy, actions, continuous, trained, weight);
  }

  /** The outputs without a ranker: the retrieval score alone. */
  public static ModelOutputs withoutRanker(ActionTaxonomy taxonomy) {
    return new ModelOutputs(taxonomy, 0, 0, Optional.empty(), 0);
  }

  /**
   * Finds an output by name.
   *
   * @throws IllegalArgumentException if no output has the name (the message lists those that
   *     exist), or if both an action and a continuous output have it
   */
  public Output output(String name) {
    if (name.equals(RETRIEVAL)) {
      return new Output(Output.Kind.RETRIEVAL, 0);
    }
    OptionalInt action = action(name);
    OptionalInt value = continuous(name);
    boolean isAction = action.orElse(actions) < actions;
    boolean isContinuous = value.orElse(continuous) < continuous;
    if (isAction && isContinuous) {
      throw new IllegalArgumentException(
          "'%s' is an action and a continuous output; expected action_%d or continuous_%d"
              .formatted(name, action.getAsInt(), value.getAsInt()));
    }
    if (isAction) {
      return new Output(Output.Kind.ACTION, action.getAsInt());
    }
    if (isContinuous) {
      return new Output(Output.Kind.CONTINUOUS, value.getAsInt());
    }
    throw new IllegalArgumentException(missing(name, action));
  }

  /** Whether {@link #output} finds an output of this name. */
  boolean has(String name) {
    return name.equals(RETRIEVAL)
        || (action(name).orElse(actions) < actions)
            != (continuous(name).orElse(continuous) < continuous);
  }

  private OptionalInt action(String name) {
    OptionalInt number = number(name, ACTION_PREFIX);
    return number.isPresent() ? number : taxonomy.index(name);
  }

  private static OptionalInt continuous(String name) {
    int index = CONTINUOUS_NAMES.indexOf(name);
    return index < 0 ? number(name, CONTINUOUS_PREFIX) : OptionalInt.of(index);
  }

  /** The number behind {@code prefix}; empty where {@code name} is not of that form. */
  private static OptionalInt number(String name, String prefix) {
    return name.startsWith(prefix) && name.substring(prefix.length()).matches("0|[1-9][0-9]{0,5}")
        ? OptionalInt.of(Integer.parseInt(name.substring(prefix.length())))
        : OptionalInt.empty();
  }

  private String missing(String name, OptionalInt action) {
    String number = action.isPresent() ? ", which would be number " + action.getAsInt() : "";
    return "taxonomy %s has no action '%s' among the model's %d%s; expected one of %s"
        .formatted(taxonomy.label(), name, actions, number, available());
  }

  private String available() {
    List<String> names = new ArrayList<>(taxonomy.names(actions));
    for (int i = 0; i < Math.min(continuous, CONTINUOUS_NAMES.size()); i++) {
      names.add(name(new Output(Output.Kind.CONTINUOUS, i)));
    }
    names.add(RETRIEVAL);
    String numbers =
        actions == 0
            ? ""
            : ", or a number from action_0 to action_%d, continuous_0 to continuous_%d"
                .formatted(actions - 1, Math.max(0, continuous - 1));
    return String.join(", ", names) + numbers;
  }

  /** The name of an output, with which {@link #output} finds it. */
  public String name(Output output) {
    return switch (output.kind()) {
      case RETRIEVAL -> RETRIEVAL;
      case ACTION -> {
        String name = taxonomy.name(output.index());
        yield CONTINUOUS_NAMES.contains(name) ? ACTION_PREFIX + output.index() : name;
      }
      case CONTINUOUS -> {
        int index = output.index();
        boolean isTaken =
            index >= CONTINUOUS_NAMES.size()
                || taxonomy.index(CONTINUOUS_NAMES.get(index)).isPresent();
        yield isTaken ? CONTINUOUS_PREFIX + index : CONTINUOUS_NAMES.get(index);
      }
    };
  }

  /** Whether the training data had labels for an output; true where unknown. */
  public boolean isTrained(Output output) {
    if (trained.isEmpty() || output.kind() == Output.Kind.RETRIEVAL) {
      return true;
    }
    return trainedOf(trained.get(), output.kind()).contains(output.index());
  }

  private static SortedSet<Integer> trainedOf(TrainedOutputs trained, Output.Kind kind) {
    return kind == Output.Kind.ACTION ? trained.actions() : trained.continuous();
  }

  /** The names of the trained outputs, for messages. */
  String trainedNames() {
    List<String> names = new ArrayList<>();
    for (Output.Kind kind : List.of(Output.Kind.ACTION, Output.Kind.CONTINUOUS)) {
      trained
          .map(all -> trainedOf(all, kind))
          .ifPresent(indices -> indices.forEach(index -> names.add(name(new Output(kind, index)))));
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
