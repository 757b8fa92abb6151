/**
 * Training runs: from a dataset to a model in the published layout. Chooses tables and hashes,
 * makes batches, updates, measures, keeps checkpoints, exports.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.training.run;

import org.jspecify.annotations.NullMarked;
