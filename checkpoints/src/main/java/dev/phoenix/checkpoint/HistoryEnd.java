package dev.phoenix.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Selects the S events that a model reads from a longer history. Training, evaluation and serving
 * read the last S; the published demonstration script reads the first S of its file
 * (docs/model.md#7-pipeline).
 */
public enum HistoryEnd {
  /** The most recent S events. */
  LAST,
  /** The oldest S events, as the published script. */
  FIRST;

  /** The word in a configuration and on the command line, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<HistoryEnd> of(String word) {
    return Arrays.stream(values()).filter(end -> end.toString().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values())
        .map(end -> '"' + end.toString() + '"')
        .collect(Collectors.joining(" or "));
  }
}
