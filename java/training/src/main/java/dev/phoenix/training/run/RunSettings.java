package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ConfigWriter;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Dataset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of a training by name, kept in its checkpoint, so that whoever resumes it with
 * others is told. A fixed setting decides what the parameters mean; with another value the
 * checkpoint cannot be used. Any other may change.
 */
final class RunSettings {
  private static final String FIXED = "fixed:";
  private static final int MAX_NAMED = 6;

  private final SequencedMap<String, String> values = new LinkedHashMap<>();

  RunSettings() {}

  /** A setting that must not change. */
  RunSettings fixed(String name, Object value) {
    values.put(FIXED + name, value.toString());
    return this;
  }

  /** A setting that may change. */
  RunSettings free(String name, Object value) {
    values.put(name, value.toString());
    return this;
  }

  /** Everything of the model, by its keys in {@code config.json}. */
  RunSettings model(ModelConfig config) {
    JsonNode keys = JsonMapper.shared().readTree(ConfigWriter.json(config));
    for (String key : keys.propertyNames()) {
      // What was trained follows from the data, which may change.
      if (key.startsWith("trained_")) {
        free(key, keys.get(key));
      } else {
        fixed(key, keys.get(key));
      }
    }
    return this;
  }

  /** The data: another catalogue is refused, other events are named. */
  RunSettings data(Dataset dataset) {
    DatasetDigest digest = DatasetDigest.of(dataset);
    return fixed("catalogue", digest.catalogue()).free("data", digest.events());
  }

  /** What both trainings choose. */
  RunSettings options(TrainingOptions options, Schedule schedule) {
    Optimisation by = options.optimisation();
    return free("learning rate", by.dense().learningRate())
        .free("beta1", by.dense().beta1())
        .free("beta2", by.dense().beta2())
        .free("epsilon", by.dense().epsilon())
        .free("weight decay", by.dense().weightDecay())
        .free("embedding rate", by.embeddings().learningRate())
        .free("embedding epsilon", by.embeddings().epsilon())
        .free("rate schedule", by.schedule().decay())
        .free("warm-up steps", by.schedule().warmupSteps())
        .free("final rate", by.schedule().finalFactor())
        .free("clip norm", by.clipNorm())
        .free("dropout", by.dropout())
        .free("batch", options.batch())
        .free("seed", options.seed())
        .free("epochs", schedule.epochs())
        .free("epochs between measurements", schedule.validateEvery())
        .free("patience", schedule.patience())
        .free("minutes", schedule.minutes());
  }

  /** The settings as a checkpoint keeps them. */
  SequencedMap<String, String> values() {
    return values;
  }

  /**
   * The changes from a checkpoint's settings to these, in words; empty for none.
   *
   * @param former as {@link #values} gave them
   * @param file the checkpoint
   * @throws IllegalArgumentException naming what must not change
   */
  String changesFrom(SequencedMap<String, String> former, String file) {
    List<String> refused = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(former.keySet());
    names.addAll(values.keySet());
    for (String name : names) {
      String before = former.getOrDefault(name, "none");
      String now = values.getOrDefault(name, "none");
      if (!Objects.equals(before, now)) {
        (name.startsWith(FIXED) ? refused : changed)
            .add("%s %s, was %s".formatted(name.replace(FIXED, ""), now, before));
      }
    }
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected the model and the catalogue that the checkpoint was trained with, found %s"
              .formatted(file, listed(refused)));
    }
    return listed(changed);
  }

  private static String listed(List<String> changes) {
    String named = String.join("; ", changes.subList(0, Math.min(MAX_NAMED, changes.size())));
    int others = changes.size() - MAX_NAMED;
    return others > 0 ? "%s; and %d others".formatted(named, others) : named;
  }
}
