package dev.phoenix.ops.cpu;

import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RowSource;

/** Copies the rows of a source into a tensor. */
final class GatherWork extends RowWork {
  private final boolean round;
  private RowSource source = (row, to, at) -> {};
  private float[] out = new float[0];
  private int stride;

  GatherWork(Team team, Precision precision) {
    super(team);
    this.round = precision == Precision.BFLOAT16;
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
    if (round) {
      Rows.roundToBfloat16(out, from * stride, (to - from) * stride);
    }
  }
}
