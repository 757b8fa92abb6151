package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Applies element-wise functions to rows. */
final class ElementWork extends RowWork {
  /** The function applied. */
  enum Function {
    GELU,
    SILU,
    SIGMOID
  }

  private Function function = Function.GELU;
  private float[] out = new float[0];
  private float[] in = new float[0];
  private int columns;
  private int stride;

  ElementWork(Team team) {
    super(team);
  }

  /** out = f(x); the two may be one tensor. */
  void run(CpuTensor outTensor, CpuTensor x, Function what) {
    outTensor.useRows(x.rows());
    x.shape().require(outTensor.name(), outTensor.shape());
    function = what;
    out = outTensor.data();
    in = x.data();
    columns = x.columns();
    stride = x.stride();
    runRows(x.rows());
  }

  @Override
  void rows(int from, int to) {
    for (int i = from * stride; i < to * stride; i += WIDTH) {
      FloatVector x = FloatVector.fromArray(FLOATS, in, i);
      FloatVector y =
          switch (function) {
            case GELU -> Lanes.gelu(x);
            case SILU -> Lanes.silu(x);
            case SIGMOID -> Lanes.sigmoid(x);
          };
      y.intoArray(out, i);
    }
    if (function == Function.SIGMOID) {
      // sigmoid(0) is not 0, but the padding must stay zero.
      for (int row = from; row < to; row++) {
        Arrays.fill(out, row * stride + columns, (row + 1) * stride, 0f);
      }
    }
  }
}
