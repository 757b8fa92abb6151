package dev.phoenix.scoring;

import java.util.Optional;

/**
 * Which outputs count, and how much.
 *
 * @param preset whose weights count where the model has the output and it was trained
 * @param explicit weights beside it, which replace the preset's of the same output; one that the
 *     model does not have is an error
 * @param untrained what becomes of explicit weights on untrained outputs
 */
public record OutputWeights(
    Optional<Preset> preset, ScoreWeights explicit, UntrainedOutputs untrained) {}
