package dev.phoenix.training;

import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Trainable;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * The common part of both trainers: creation, resumption, saving, export, closing, and steps that
 * compute gradients and apply both optimisers.
 *
 * @param <B> the type of the batches
 */
abstract class StateTrainer<B> implements Trainer<B> {
  private final Closer parts;
  private final TrainingState state;

  /** Creates a trainer that owns {@code parts}, to which {@code state} is added. */
  StateTrainer(Closer parts, TrainingState state) {
    this.parts = parts;
    this.state = parts.own(state);
  }

  /** Creates a trainer with random parameters, which depend on the seed alone. */
  static <T extends StateTrainer<?>> T init(Function<Closer, T> trainers, long seed) {
    return Closer.open(
        parts -> {
          T trainer = trainers.apply(parts);
          trainer.state().initialise(seed);
          return trainer;
        });
  }

  /** Resumes a training from a checkpoint that {@link #save} wrote. */
  static <T extends StateTrainer<?>> T resume(Function<Closer, T> trainers, Path checkpoint) {
    return Closer.open(
        parts -> {
          T trainer = trainers.apply(parts);
          TrainingCheckpoint.load(checkpoint, trainer.state());
          return trainer;
        });
  }

  /** Why a batch is run. */
  enum Purpose {
    /** To compute loss and gradients, with dropout. */
    TRAIN,
    /** To compute the loss alone, without dropout. */
    MEASURE
  }

  /**
   * Adds the loss of a batch to the state's sum and, for {@link Purpose#TRAIN}, computes the
   * gradients.
   */
  abstract void run(B batch, Purpose purpose);

  @Override
  public final StepLog update(B batch) {
    state.beginStep();
    run(batch, Purpose.TRAIN);
    return state.finishStep();
  }

  @Override
  public final double loss(B batch) {
    run(batch, Purpose.MEASURE);
    return state.lossSum().loss();
  }

  @Override
  public final SequencedMap<String, float[]> gradients() {
    return state.parameters().copy(Trainable::gradient);
  }

  @Override
  public final long step() {
    return state.step();
  }

  @Override
  public final void save(Path file, long... progress) {
    TrainingCheckpoint.save(file, state, progress);
  }

  @Override
  public final void note(SequencedMap<String, String> notes) {
    state.note(notes);
  }

  @Override
  public final long[] progress() {
    return state.progress();
  }

  @Override
  public final void export(Path directory) {
    TrainingCheckpoint.export(directory, state);
  }

  /** The current parameters, gradients and embedding table. */
  final TrainingState state() {
    return state;
  }

  @Override
  public final void close() {
    parts.close();
  }
}
