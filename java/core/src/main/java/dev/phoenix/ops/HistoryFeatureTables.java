package dev.phoenix.ops;

import org.jspecify.annotations.Nullable;

/**
 * The small tables that history tokens meet, each multiplied by its block of the projection.
 * Source: docs/model.md#3-features.
 *
 * @param actions [A, D]
 * @param dwell null where the model has no dwell input
 */
public record HistoryFeatureTables(Weight actions, @Nullable Dwell dwell) {
  /**
   * The network of the dwell time.
   *
   * @param in [1, hidden]
   * @param out [hidden, D]
   */
  public record Dwell(Weight in, Weight out) {}
}
