package dev.phoenix.training;

import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * Trains a model. Not thread-safe. The same state and batches give bit-identical results for any
 * number of threads.
 *
 * @param <B> the type of the batches
 */
public interface Trainer<B> extends AutoCloseable {
  /**
   * Runs one step: computes loss and gradients and updates the parameters.
   *
   * @throws IllegalArgumentException if the batch does not fit the model; the message names the
   *     part
   */
  StepLog update(B batch);

  /** Computes the loss of a batch without dropout and without an update. */
  double loss(B batch);

  /** The unclipped gradients of the dense parameters at the last update, by parameter name. */
  SequencedMap<String, float[]> gradients();

  /** The number of updates so far. */
  long step();

  /**
   * Writes the whole state of the training to one file atomically. A resumed training continues
   * with bit-identical results.
   *
   * @param progress numbers stored for the caller, such as its position in the data
   */
  void save(Path file, long... progress);

  /** Stores named texts of the caller, such as its settings, in every later checkpoint. */
  void note(SequencedMap<String, String> notes);

  /** Reads the texts that {@link #note} stored in {@code checkpoint}; empty if there are none. */
  static SequencedMap<String, String> notes(Path checkpoint) {
    return TrainingCheckpoint.notes(checkpoint);
  }

  /** The {@code progress} of the checkpoint that was resumed; empty in a new training. */
  long[] progress();

  /** Writes {@code config.json, model_params.npz, embedding_tables.npz} for inference. */
  void export(Path directory);

  @Override
  void close();
}
