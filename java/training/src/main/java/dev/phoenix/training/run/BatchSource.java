package dev.phoenix.training.run;

/**
 * The batches of a training. A batch follows from the seed, the epoch and its index alone, so that
 * a training that is resumed gets those it would have got.
 *
 * @param <B> the batches
 */
interface BatchSource<B> {
  /** Batches in an epoch. */
  int steps();

  /** Batch {@code index} of {@code epoch}, both from 0. */
  B batch(long epoch, int index);
}
