package dev.phoenix.ops;

/**
 * An embedding table in training, with one AdaGrad accumulator per row. Float32, initially zero.
 * Source: docs/model.md#9-training.
 */
public interface TrainableTable {
  /** Rows. */
  int rows();

  /** D. */
  int columns();

  /** Copies rows {@code from} to {@code from + count}, dense, to {@code to[0..]}. */
  void copyRows(int from, int count, float[] to);

  /** Writes rows {@code from} to {@code from + count}. */
  void setRows(int from, int count, float[] values);

  /** Copies the accumulators of rows {@code from} to {@code from + count}. */
  void copyAccumulators(int from, int count, float[] to);

  /** Writes the accumulators of rows {@code from} to {@code from + count}. */
  void setAccumulators(int from, int count, float[] values);
}
