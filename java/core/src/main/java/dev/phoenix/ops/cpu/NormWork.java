package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import jdk.incubator.vector.FloatVector;

/** RMSNorm, alone or fused with the residual addition before it. */
final class NormWork extends RowWork {
  private static final float EPSILON = (float) Ops.RMS_EPSILON;

  private final boolean round;
  private boolean adds;
  private boolean norms;
  private float[] out = new float[0];
  private float[] in = new float[0];
  private float[] residual = new float[0];
  private float[] branch = new float[0];
  private float[] branchScale = new float[0];
  private float[] scale = new float[0];
  private int columns;
  private int stride;

  NormWork(Team team, Precision precision) {
    super(team);
    this.round = precision == Precision.BFLOAT16;
  }

  /** out = rms(x) * scale. */
  void run(CpuTensor outTensor, CpuTensor x, ScaleVector newScale) {
    adds = false;
    norms = true;
    bind(outTensor, x, newScale);
    runRows(x.rows());
  }

  /** pair.sum = residual + rms(pair.branch) * branchScale; out = rms(pair.sum) * nextScale. */
  void add(CpuTensor outTensor, NormPair<?> pair, CpuTensor residualTensor) {
    norms = true;
    CpuTensor sum = CpuTensor.of(pair.sum());
    bindSum(sum, residualTensor, CpuTensor.of(pair.branch()), ScaleVector.of(pair.branchScale()));
    bind(outTensor, sum, ScaleVector.of(pair.nextScale()));
    runRows(sum.rows());
  }

  /** sum = residual + rms(branch) * newBranchScale; overwrites {@code scratch}. */
  void add(
      CpuTensor scratch,
      CpuTensor sum,
      CpuTensor residualTensor,
      CpuTensor branchTensor,
      ScaleVector newBranchScale) {
    norms = false;
    bindSum(sum, residualTensor, branchTensor, newBranchScale);
    bind(scratch, sum, newBranchScale);
    runRows(sum.rows());
  }

  private void bindSum(
      CpuTensor sum, CpuTensor residualTensor, CpuTensor branchTensor, ScaleVector newScale) {
    adds = true;
    branchTensor.shape().require(residualTensor.name(), residualTensor.shape());
    sum.useRows(branchTensor.rows());
    branchTensor.shape().require(sum.name(), sum.shape());
    requireScale(branchTensor, newScale);
    residual = residualTensor.data();
    branch = branchTensor.data();
    branchScale = newScale.values();
  }

  private static void requireScale(CpuTensor x, ScaleVector scale) {
    if (scale.shape().columns() != x.columns()) {
      throw new IllegalArgumentException(
          "%s needs a scale of %d, found %s".formatted(x, x.columns(), scale.shape()));
    }
  }

  private void bind(CpuTensor outTensor, CpuTensor x, ScaleVector newScale) {
    outTensor.useRows(x.rows());
    x.shape().require(outTensor.name(), outTensor.shape());
    requireScale(x, newScale);
    out = outTensor.data();
    in = x.data();
    scale = newScale.values();
    columns = x.columns();
    stride = x.stride();
  }

  @Override
  void rows(int from, int to) {
    for (int row = from; row < to; row++) {
      if (adds) {
        addNormalised(row * stride);
      }
      if (norms) {
        normalise(in, row * stride, scale);
      }
    }
    if (round && norms) {
      // A separate loop: rounding in the loops above would exceed C2's inlining limit and box
      // vectors.
      Rows.roundToBfloat16(out, from * stride, (to - from) * stride);
    }
  }

  /** in = residual + rms(branch) * branchScale for one row; overwrites the output row. */
  private void addNormalised(int at) {
    normalise(branch, at, branchScale);
    for (int d = at; d < at + stride; d += WIDTH) {
      FloatVector sum = FloatVector.fromArray(FLOATS, residual, d);
      sum.add(FloatVector.fromArray(FLOATS, out, d)).intoArray(in, d);
    }
  }

  /** out = rms(x) * scales, for one row. */
  private void normalise(float[] x, int at, float[] scales) {
    // The output row is written below, so its start can serve as scratch.
    float mean = Rows.sumOfSquares(x, at, stride, out, at) / columns;
    float inverse = (float) (1 / Math.sqrt((double) mean + EPSILON));
    for (int d = 0; d < stride; d += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, at + d).mul(inverse);
      value.mul(FloatVector.fromArray(FLOATS, scales, d)).intoArray(out, at + d);
    }
  }
}
