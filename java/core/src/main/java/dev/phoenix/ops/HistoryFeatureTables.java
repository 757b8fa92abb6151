package dev.phoenix.ops;

import org.jspecify.annotations.Nullable;

/**
 * The small feature tables of history tokens, each already multiplied by its block of the
 * projection. Source: docs/model.md#3-features.
 *
 * @param actions [A, D]
 * @param dwell the network of the dwell time; null if the model has no dwell input
 */
public record HistoryFeatureTables(Weight actions, @Nullable Dwell dwell) {
  /**
   * The network of the dwell time: gelu(dwell · in) · out.
   *
   * @param in [1, hidden]
   * @param out [hidden, D]
   */
  public record Dwell(Weight in, Weight out) {}
}
