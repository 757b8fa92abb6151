package dev.phoenix.training;

import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Trainable;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * What both trainers do alike: they begin, are resumed, saved, exported and closed with their
 * state, and a step is a batch's gradients and both optimisers.
 *
 * @param <B> the batches
 */
abstract class StateTrainer<B> implements Trainer<B> {
  private final Closer parts;
  private final TrainingState state;

  /** A trainer of {@code state} that owns {@code parts}, the state among them. */
  StateTrainer(Closer parts, TrainingState state) {
    this.parts = parts;
    this.state = parts.own(state);
  }

  /** A new model with random parameters; the same seed gives the same. */
  static <T extends StateTrainer<?>> T init(Function<Closer, T> trainers, long seed) {
    return Closer.open(
        parts -> {
          T trainer = trainers.apply(parts);
          trainer.state().initialise(seed);
          return trainer;
        });
  }

  /** The training that {@link #save} wrote. */
  static <T extends StateTrainer<?>> T resume(Function<Closer, T> trainers, Path checkpoint) {
    return Closer.open(
        parts -> {
          T trainer = trainers.apply(parts);
          TrainingCheckpoint.load(checkpoint, trainer.state());
          return trainer;
        });
  }

  /** What a batch's losses are found for. */
  enum Purpose {
    /** The gradients too, with dropout. */
    TRAIN,
    /** The loss alone. */
    MEASURE
  }

  /** The loss of a batch, in the state's sum, and to train the gradients. */
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

  /** Parameters, gradients and table as they stand. */
  final TrainingState state() {
    return state;
  }

  @Override
  public final void close() {
    parts.close();
  }
}
