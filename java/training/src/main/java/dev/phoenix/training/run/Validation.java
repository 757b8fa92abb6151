package dev.phoenix.training.run;

import java.util.List;
import java.util.SequencedMap;

/** What a model in training is measured by: on events that it is not trained on. */
interface Validation {
  /** The metrics by name; the first decides which state of the model is best, more is better. */
  SequencedMap<String, Double> measure();

  /** The names of the metrics, in their order. */
  List<String> names();
}
