package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * The two norms between consecutive blocks: sum = residual + rms(branch) * branchScale, out =
 * rms(sum) * nextScale.
 *
 * @param sum [rows, D] the residual stream after the block
 * @param branch [rows, D] the block's output
 * @param branchScale [1, D]
 * @param nextScale [1, D]
 * @param <W> the kind of the scales: {@link Trainable} where gradients are computed
 */
public record NormPair<W extends Weight>(Tensor sum, Tensor branch, W branchScale, W nextScale) {}
