package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;

/**
 * The operands of an attention's backward.
 *
 * @param dQkv [rows, (H + 2G) K] receives the gradients: added to what is there
 * @param qkv [rows, (H + 2G) K] rotated queries and keys, and values, of the forward pass
 * @param attended [rows, H K] the forward pass's result
 * @param dAttended [rows, H K] the gradient of the loss by it
 */
public record AttentionGradient(Tensor dQkv, Tensor qkv, Tensor attended, Tensor dAttended) {}
