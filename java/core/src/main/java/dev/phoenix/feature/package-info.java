/**
 * Turns ids and actions into embedding rows and features, the inputs of the model's tokens.
 *
 * <p>All public types are API, except {@link dev.phoenix.feature.Positions}, {@link
 * dev.phoenix.feature.RowsById} and {@link dev.phoenix.feature.RowsOfPosts}, which are internal:
 * model, trainers and corpora share them.
 */
@NullMarked
package dev.phoenix.feature;

import org.jspecify.annotations.NullMarked;
