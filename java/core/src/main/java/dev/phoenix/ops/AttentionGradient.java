package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * The operands of an attention's backward pass.
 *
 * @param dQkv [rows, (H + 2G) K] the gradients, which are added to it
 * @param qkv [rows, (H + 2G) K] rotated queries and keys, and values, of the forward pass
 * @param attended [rows, H K] the result of the forward pass
 * @param dAttended [rows, H K] the gradient of the loss by {@code attended}
 */
public record AttentionGradient(Tensor dQkv, Tensor qkv, Tensor attended, Tensor dAttended) {}
