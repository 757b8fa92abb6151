/**
 * Training of both models: configure, prepare batches, initialise, update, export for inference.
 * Source: docs/model.md#9-training.
 *
 * <pre>{@code
 * try (GradientOps ops = Backend.CPU.openTraining(2);
 *     RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, seed)) {
 *   StepLog log = trainer.update(batch);
 *   trainer.save(checkpoint);
 *   trainer.export(directory);
 * }
 * }</pre>
 *
 * <p>{@code RetrievalTrainer} is a {@link dev.phoenix.training.Trainer} of {@link
 * dev.phoenix.training.RetrievalBatch} and {@link dev.phoenix.training.Towers}; {@code
 * RankerTrainer} is a {@link dev.phoenix.training.Trainer} of {@link
 * dev.phoenix.training.RankerBatch} and a {@link dev.phoenix.training.Scorer}. Each has {@code
 * init(GradientOps, TrainingConfig, long seed)} and {@code resume(GradientOps, TrainingConfig,
 * Path)}.
 *
 * <p>All public types are API, except {@link dev.phoenix.training.NumberRange}, which is internal
 * to the checks of settings.
 */
@NullMarked
package dev.phoenix.training;

import org.jspecify.annotations.NullMarked;
