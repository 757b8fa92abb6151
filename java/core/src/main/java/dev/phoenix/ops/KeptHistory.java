package dev.phoenix.ops;

import java.util.Objects;

/**
 * What is kept of one request: its keys and values among those of a batch.
 *
 * @param keyValues of the batch that it was encoded with, or was copied to
 * @param request its place there
 */
public record KeptHistory(KeyValues keyValues, int request) {
  public KeptHistory {
    Objects.checkIndex(request, keyValues.history().requests());
  }

  /** Its rows: the valid tokens, user included. */
  public int length() {
    return keyValues.history().length(request);
  }
}
