package dev.phoenix.scoring;

import java.util.Optional;

/**
 * The weights of outputs, before they are resolved for a model.
 *
 * @param preset its weights apply to the outputs that the model has and that were trained
 * @param explicit replace or add to the preset's weights; an output that the model lacks is an
 *     error
 * @param untrained whether outputs that were not trained may have weights
 */
public record OutputWeights(
    Optional<Preset> preset, ScoreWeights explicit, UntrainedOutputs untrained) {}
