package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RowLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Means over prefixes of segments with their backward pass, and the backward pass of unit length.
 */
final class PrefixGradients {
  private static final float SMALLEST = (float) Math.sqrt(Ops.L2_EPSILON);

  private final RowLoop loop;

  PrefixGradients(RowLoop loop) {
    this.loop = loop;
  }

  private static void prepare(CpuTensor out, CpuTensor x, RowLayout rows, Prefixes prefixes) {
    if (rows.requests() != prefixes.segments()
        || rows.rows() != x.rows()
        || prefixes.count() != out.rows()
        || x.columns() != out.columns()) {
      throw new IllegalArgumentException(
          "%d prefixes of %d segments do not fit %s and %s of %d segments"
              .formatted(prefixes.count(), prefixes.segments(), out, x, rows.requests()));
    }
    for (int segment = 0; segment < prefixes.segments(); segment++) {
      int end = prefixes.begin(segment + 1);
      if (end > prefixes.begin(segment) && prefixes.length(end - 1) > rows.length(segment)) {
        throw new IllegalArgumentException(
            "a prefix of %d rows, segment %d has %d"
                .formatted(prefixes.length(end - 1), segment, rows.length(segment)));
      }
    }
  }

  void means(CpuTensor out, CpuTensor x, RowLayout rows, Prefixes prefixes) {
    out.useRows(prefixes.count());
    prepare(out, x, rows, prefixes);
    float[] to = out.data();
    float[] from = x.data();
    int stride = x.stride();
    loop.run(
        rows.requests(),
        (begin, end) -> {
          for (int segment = begin; segment < end; segment++) {
            for (int d = 0; d < stride; d += WIDTH) {
              means(to, from, new Segment(rows, prefixes, segment, stride, d));
            }
          }
        });
  }

  /** A vector of adjacent columns of one segment. */
  private record Segment(RowLayout rows, Prefixes prefixes, int segment, int stride, int column) {
    int row(int i) {
      return (rows.begin(segment) + i) * stride + column;
    }

    int prefix(int i) {
      return i * stride + column;
    }

    int first() {
      return prefixes.begin(segment);
    }

    int end() {
      return prefixes.begin(segment + 1);
    }
  }

  private static void means(float[] out, float[] x, Segment s) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int seen = 0;
    for (int prefix = s.first(); prefix < s.end(); prefix++) {
      int length = s.prefixes.length(prefix);
      for (; seen < length; seen++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, x, s.row(seen)));
      }
      sum.mul(1f / Math.max(length, 1)).intoArray(out, s.prefix(prefix));
    }
  }

  void gradient(CpuTensor dx, CpuTensor dOut, RowLayout rows, Prefixes prefixes) {
    dx.useRows(rows.rows());
    prepare(dOut, dx, rows, prefixes);
    float[] to = dx.data();
    float[] from = dOut.data();
    int stride = dx.stride();
    loop.run(
        rows.requests(),
        (begin, end) -> {
          for (int segment = begin; segment < end; segment++) {
            for (int d = 0; d < stride; d += WIDTH) {
              spread(
                  to, from, new Segment(rows, prefixes, segment, stride, d), rows.length(segment));
            }
          }
        });
  }

  /**
   * Runs from the last row to the first and accumulates prefixes, because a row belongs to every
   * prefix longer than its index.
   */
  private static void spread(float[] dx, float[] dOut, Segment s, int length) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int prefix = s.end();
    for (int row = length - 1; row >= 0; row--) {
      while (prefix > s.first() && s.prefixes.length(prefix - 1) > row) {
        prefix--;
        float share = 1f / s.prefixes.length(prefix);
        sum = FloatVector.fromArray(FLOATS, dOut, s.prefix(prefix)).mul(share).add(sum);
      }
      sum.intoArray(dx, s.row(row));
    }
  }

  /** dx = (dy - y (y · dy)) / |x|, or dy / length if the length was clamped. */
  void unitLength(CpuTensor dx, CpuTensor dy, CpuTensor y, CpuTensor lengths) {
    dx.useRows(y.rows());
    y.shape().require(dy.name(), dy.shape());
    y.shape().require(dx.name(), dx.shape());
    float[] to = dx.data();
    float[] from = dy.data();
    float[] unit = y.data();
    float[] norms = lengths.data();
    int step = lengths.stride();
    int stride = y.stride();
    loop.run(
        y.rows(),
        (begin, end) -> {
          Projection projection = new Projection(stride);
          for (int row = begin; row < end; row++) {
            int at = row * stride;
            float norm = norms[row * step];
            projection.along = norm <= SMALLEST ? 0 : dot(from, unit, at, stride, to);
            projection.inverse = 1 / norm;
            project(to, from, unit, at, projection);
          }
        });
  }

  /** y · dy and 1 / |x| of a row. One object is reused for a range of rows. */
  private static final class Projection {
    private final int stride;
    private float along;
    private float inverse;

    Projection(int stride) {
      this.stride = stride;
    }
  }

  private static float dot(float[] a, float[] b, int at, int stride, float[] scratch) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = at; i < at + stride; i += WIDTH) {
      sum = FloatVector.fromArray(FLOATS, a, i).fma(FloatVector.fromArray(FLOATS, b, i), sum);
    }
    sum.intoArray(scratch, at);
    return Rows.sumStored(scratch, at);
  }

  private static void project(float[] dx, float[] dy, float[] y, int at, Projection projection) {
    for (int i = at; i < at + projection.stride; i += WIDTH) {
      FloatVector along = FloatVector.fromArray(FLOATS, y, i).mul(projection.along);
      FloatVector across = FloatVector.fromArray(FLOATS, dy, i).sub(along);
      across.mul(projection.inverse).intoArray(dx, i);
    }
  }
}
