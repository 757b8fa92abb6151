package dev.phoenix.ops;

import org.jspecify.annotations.Nullable;

/**
 * What history tokens have besides their embedding rows, one row per token.
 *
 * @param actions [rows, A]: the value of every action
 * @param surfaces rows of the folded surface table
 * @param dwell [rows, 1], clipped and scaled to [0, 1]; null where no token has any
 */
public record HistoryFeatureRows(
    RowSource actions, IndexedRows surfaces, @Nullable RowSource dwell) {}
