package dev.phoenix.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the outputs of the user tower become one vector. The published models take the mean (
 * docs/model.md#6-retrieval); sequence models for next-item prediction take the output at the last
 * position.
 */
public enum UserPooling {
  /** The mean over the user token and all history positions. */
  MEAN,
  /** The output at the latest history position, or at the user token if there is no history. */
  LAST;

  /** The word in a configuration, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<UserPooling> of(String word) {
    return Arrays.stream(values()).filter(pooling -> pooling.toString().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values())
        .map(pooling -> '"' + pooling.toString() + '"')
        .collect(Collectors.joining(" or "));
  }
}
