package dev.phoenix.ops;

import java.util.Objects;

/**
 * The keys and values of one request within a batch.
 *
 * @param keyValues keys and values of the batch
 * @param request index of the request in the batch
 */
public record KeptHistory(KeyValues keyValues, int request) {
  public KeptHistory {
    Objects.checkIndex(request, keyValues.history().requests());
  }

  /** The number of rows: the valid tokens, user included. */
  public int length() {
    return keyValues.history().length(request);
  }
}
