package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.tensor.Shape;
import jdk.incubator.vector.FloatVector;

/**
 * The backward pass of element-wise functions, and the gate of feed-forward blocks with its
 * backward pass.
 */
final class ElementGradients {
  private final RowLoop loop;

  ElementGradients(RowLoop loop) {
    this.loop = loop;
  }

  void gelu(CpuTensor dx, CpuTensor dy, CpuTensor x) {
    int stride = prepare(dx, dy, x);
    float[] out = dx.data();
    float[] in = dy.data();
    float[] at = x.data();
    loop.run(x.rows(), (from, to) -> gelu(out, in, at, from * stride, to * stride));
  }

  void silu(CpuTensor dx, CpuTensor dy, CpuTensor x) {
    int stride = prepare(dx, dy, x);
    float[] out = dx.data();
    float[] in = dy.data();
    float[] at = x.data();
    loop.run(x.rows(), (from, to) -> silu(out, in, at, from * stride, to * stride));
  }

  private static int prepare(CpuTensor dx, CpuTensor dy, CpuTensor x) {
    dx.useRows(x.rows());
    x.shape().require(dy.name(), dy.shape());
    x.shape().require(dx.name(), dx.shape());
    return x.stride();
  }

  private static void gelu(float[] dx, float[] dy, float[] x, int from, int to) {
    for (int i = from; i < to; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, i);
      FloatVector slope = Lanes.geluSlope(value, Lanes.geluShare(value));
      slope.mul(FloatVector.fromArray(FLOATS, dy, i)).intoArray(dx, i);
    }
  }

  private static void silu(float[] dx, float[] dy, float[] x, int from, int to) {
    for (int i = from; i < to; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, i);
      FloatVector slope = Lanes.siluSlope(value, Lanes.sigmoid(value));
      slope.mul(FloatVector.fromArray(FLOATS, dy, i)).intoArray(dx, i);
    }
  }

  /** out [rows, F] = gelu(gate) * up for gateUp [rows, 2F]. */
  void geglu(CpuTensor out, CpuTensor gateUp) {
    out.useRows(gateUp.rows());
    requireHalves(out, gateUp);
    float[] to = out.data();
    float[] from = gateUp.data();
    int f = out.columns();
    int outStride = out.stride();
    int stride = gateUp.stride();
    loop.run(
        out.rows(),
        (begin, end) -> {
          for (int r = begin; r < end; r++) {
            geglu(to, r * outStride, from, r * stride, f);
          }
        });
  }

  private static void geglu(float[] out, int outAt, float[] gateUp, int at, int f) {
    int whole = f & -WIDTH;
    for (int i = 0; i < whole; i += WIDTH) {
      FloatVector gate = FloatVector.fromArray(FLOATS, gateUp, at + i);
      FloatVector up = FloatVector.fromArray(FLOATS, gateUp, at + f + i);
      Lanes.gelu(gate).mul(up).intoArray(out, outAt + i);
    }
    if (whole < f) {
      rest(out, outAt + whole, gateUp, at + whole, f, f - whole);
    }
  }

  private static void rest(float[] out, int outAt, float[] gateUp, int at, int f, int count) {
    FloatVector gate = FloatVector.fromArray(FLOATS, gateUp, at);
    FloatVector up = FloatVector.fromArray(FLOATS, gateUp, at + f);
    var mask = FLOATS.indexInRange(0, count);
    Lanes.gelu(gate).mul(up).intoArray(out, outAt, mask);
  }

  private static void requireHalves(CpuTensor half, CpuTensor whole) {
    new Shape(whole.rows(), 2 * half.columns()).require(whole.name(), whole.shape());
  }

  /** Computes dGateUp [rows, 2F] from dOut [rows, F]. */
  void gegluGradient(CpuTensor dGateUp, CpuTensor dOut, CpuTensor gateUp) {
    dGateUp.useRows(gateUp.rows());
    gateUp.shape().require(dGateUp.name(), dGateUp.shape());
    requireHalves(dOut, gateUp);
    float[] to = dGateUp.data();
    float[] dy = dOut.data();
    float[] x = gateUp.data();
    int f = dOut.columns();
    int dyStride = dOut.stride();
    int stride = gateUp.stride();
    loop.run(
        gateUp.rows(),
        (begin, end) -> {
          Halves halves = new Halves(f);
          for (int r = begin; r < end; r++) {
            halves.at = r * stride;
            gegluGradient(to, dy, r * dyStride, x, halves);
          }
        });
  }

  /** The offset of a row of [gate | up], and F. One object is reused for a range of rows. */
  private static final class Halves {
    private final int f;
    private int at;

    Halves(int f) {
      this.f = f;
    }
  }

  private static void gegluGradient(float[] dx, float[] dy, int dyAt, float[] x, Halves halves) {
    int f = halves.f;
    int at = halves.at;
    for (int i = 0; i < f; i += WIDTH) {
      FloatVector gate = FloatVector.fromArray(FLOATS, x, at + i);
      FloatVector up = FloatVector.fromArray(FLOATS, x, at + f + i);
      FloatVector dOut = FloatVector.fromArray(FLOATS, dy, dyAt + i);
      FloatVector share = Lanes.geluShare(gate);
      FloatVector dUp = dOut.mul(gate).mul(share);
      FloatVector dGate = dOut.mul(up).mul(Lanes.geluSlope(gate, share));
      if (i + WIDTH <= f) {
        dGate.intoArray(dx, at + i);
        dUp.intoArray(dx, at + f + i);
      } else {
        var mask = FLOATS.indexInRange(0, f - i);
        dGate.intoArray(dx, at + i, mask);
        dUp.intoArray(dx, at + f + i, mask);
      }
    }
  }
}
