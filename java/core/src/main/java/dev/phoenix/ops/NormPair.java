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
 */
public record NormPair(Tensor sum, Tensor branch, Trainable branchScale, Trainable nextScale) {}
