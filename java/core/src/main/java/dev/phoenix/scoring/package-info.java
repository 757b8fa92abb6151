/**
 * Turns the ranker's outputs into the order of a feed: a weighted sum of outputs, the rule for
 * negative sums, author diversity, factors by corpus, diversity by vectors and the author window.
 * Source: docs/model.md#5-ranker-outputs and #7-pipeline.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.scoring;

import org.jspecify.annotations.NullMarked;
