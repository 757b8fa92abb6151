package dev.phoenix.ops;

import org.jspecify.annotations.Nullable;

/**
 * The features of history tokens besides their embedding rows, one row per token.
 *
 * @param actions [rows, A] action values
 * @param surfaces rows of the folded surface table
 * @param dwell [rows, 1], dwell times scaled to [0, 1]; null if no token has one
 */
public record HistoryFeatureRows(
    RowSource actions, IndexedRows surfaces, @Nullable RowSource dwell) {}
