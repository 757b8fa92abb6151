package dev.phoenix.training;

import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * A model in training. One thread at a time; the same state and batches give the same bits, on any
 * number of cores.
 *
 * @param <B> its batches
 */
public interface Trainer<B> extends AutoCloseable {
  /**
   * One step: loss, gradients, and the parameters moved.
   *
   * @throws IllegalArgumentException naming what of the batch does not fit the model
   */
  StepLog update(B batch);

  /** The loss of a batch; nothing moves, nothing is dropped out. */
  double loss(B batch);

  /** The gradients of the dense parameters at the last update, unclipped, by parameter. */
  SequencedMap<String, float[]> gradients();

  /** Updates made so far. */
  long step();

  /**
   * Writes the whole state of the training to one file, which appears complete or not at all; a
   * resumed training goes on with the same bits.
   *
   * @param progress numbers of the caller's own, such as its place in the data
   */
  void save(Path file, long... progress);

  /** Has every checkpoint keep texts of the caller's own by name, such as its settings. */
  void note(SequencedMap<String, String> notes);

  /**
   * The texts that {@link #note} gave to the training that wrote {@code checkpoint}; none where it
   * gave none.
   */
  static SequencedMap<String, String> notes(Path checkpoint) {
    return TrainingCheckpoint.notes(checkpoint);
  }

  /** The caller's numbers of the checkpoint that was resumed; none in a new training. */
  long[] progress();

  /** Writes {@code config.json, model_params.npz, embedding_tables.npz} for inference. */
  void export(Path directory);

  @Override
  void close();
}
