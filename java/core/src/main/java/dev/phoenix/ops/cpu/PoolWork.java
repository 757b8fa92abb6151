package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Shape;
import jdk.incubator.vector.FloatVector;

/** Means over segments and normalisation to unit length, in float32 at every precision. */
final class PoolWork extends RowWork {
  private static final float EPSILON = (float) Ops.L2_EPSILON;

  private boolean pools;
  private float[] out = new float[0];
  private float[] in = new float[0];
  private float[] lengths = new float[0];
  private int lengthStride;
  private RowLayout segments = new RowLayout();
  private int stride;

  PoolWork(Team team) {
    super(team);
  }

  /** out[s] = mean of the rows of segment s. */
  void pool(CpuTensor outTensor, CpuTensor x, RowLayout layout) {
    outTensor.useRows(layout.requests());
    pools = true;
    segments = layout;
    bind(outTensor, x);
    runRows(layout.requests());
  }

  /** out[r] = x[r] / |x[r]|, lengthTensor[r] = |x[r]|. */
  void normalize(CpuTensor outTensor, CpuTensor lengthTensor, CpuTensor x) {
    outTensor.useRows(x.rows());
    lengthTensor.useRows(x.rows());
    new Shape(x.rows(), 1).require(lengthTensor.name(), lengthTensor.shape());
    pools = false;
    lengths = lengthTensor.data();
    lengthStride = lengthTensor.stride();
    bind(outTensor, x);
    runRows(x.rows());
  }

  private void bind(CpuTensor outTensor, CpuTensor x) {
    if (x.columns() != outTensor.columns()) {
      throw new IllegalArgumentException(x + " and " + outTensor + " differ in columns");
    }
    out = outTensor.data();
    in = x.data();
    stride = x.stride();
  }

  @Override
  void rows(int from, int to) {
    for (int row = from; row < to; row++) {
      if (pools) {
        poolSegment(row);
      } else {
        normalizeRow(row);
      }
    }
  }

  private void poolSegment(int segment) {
    float inverse = 1f / Math.max(segments.length(segment), 1);
    for (int d = 0; d < stride; d += WIDTH) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int row = segments.begin(segment); row < segments.end(segment); row++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, in, row * stride + d));
      }
      sum.mul(inverse).intoArray(out, segment * stride + d);
    }
  }

  private void normalizeRow(int row) {
    // The output row is written below, so its start can serve as scratch.
    float square = Rows.sumOfSquares(in, row * stride, stride, out, row * stride);
    float norm = (float) Math.sqrt(Math.max(square, EPSILON));
    lengths[row * lengthStride] = norm;
    for (int d = 0; d < stride; d += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, in, row * stride + d);
      value.div(norm).intoArray(out, row * stride + d);
    }
  }
}
