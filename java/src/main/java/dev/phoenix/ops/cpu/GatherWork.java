package dev.phoenix.ops.cpu;

import dev.phoenix.ops.RowSource;

/** Copies the rows of a source into a tensor. */
final class GatherWork extends RowWork {
  private RowSource source = (row, to, at) -> {};
  private float[] out = new float[0];
  private int stride;

  GatherWork(Team team) {
    super(team);
  }

  /** out[r] = row r of {@code newSource}. */
  void run(CpuTensor outTensor, RowSource newSource) {
    source = newSource;
    out = outTensor.data();
    stride = outTensor.stride();
    runRows(outTensor.rows());
  }

  @Override
  void rows(int from, int to) {
    for (int row = from; row < to; row++) {
      source.copyRow(row, out, row * stride);
    }
  }
}
