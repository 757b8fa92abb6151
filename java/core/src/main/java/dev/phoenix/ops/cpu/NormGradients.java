package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The backward passes of norms. With r = 1 / sqrt(mean(x²) + 1e-5) and u = dY * scale: dX = r u -
 * r³ x mean(u x), dScale = sum of dY x r. Gradients of scales are summed per chunk of rows and then
 * over the chunks in order.
 */
final class NormGradients {
  private static final float EPSILON = (float) Ops.RMS_EPSILON;

  private final RowLoop loop;
  private float[] sums = new float[0];

  NormGradients(RowLoop loop) {
    this.loop = loop;
  }

  private static void requireScale(CpuTensor x, CpuTrainable scale) {
    new Shape(1, x.columns()).require("scale of " + x, scale.shape());
  }

  /** Adds the gradients of rms(x) * scale to dx and to the gradient of {@code scale}. */
  void addGradient(CpuTensor dx, CpuTensor dy, CpuTensor x, CpuTrainable scale) {
    gradient(new Backward(dx, dy, x, scale, true), x, scale);
  }

  /** Writes the gradient of rms(x) * scale to dx and adds to the gradient of {@code scale}. */
  void setGradient(CpuTensor dx, CpuTensor dy, CpuTensor x, CpuTrainable scale) {
    dx.useRows(x.rows());
    gradient(new Backward(dx, dy, x, scale, false), x, scale);
  }

  private void gradient(Backward backward, CpuTensor x, CpuTrainable scale) {
    int chunks = prepareSums(x.rows(), x.stride());
    loop.runChunks(x.rows(), (from, to) -> backward.rows(from, to, sums));
    addSums(scale.gradient().data(), chunks, x.stride());
  }

  private int prepareSums(int rows, int stride) {
    int chunks = RowLoop.chunks(rows);
    // Every chunk has two more vectors, to which the sums of a row are stored.
    int length = chunks * (stride + 2 * WIDTH);
    if (sums.length < length) {
      sums = new float[length + length / 2];
    }
    return chunks;
  }

  private void addSums(float[] gradient, int chunks, int stride) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      WeightGradientWork.addRow(gradient, 0, sums, chunk * (stride + 2 * WIDTH), stride);
    }
  }

  /** The backward pass over a range of rows. */
  private static final class Backward {
    private final float[] dx;
    private final float[] dy;
    private final float[] x;
    private final float[] scales;
    private final int stride;
    private final int columns;
    private final boolean adds;

    Backward(CpuTensor dx, CpuTensor dy, CpuTensor x, CpuTrainable scale, boolean adds) {
      requireScale(x, scale);
      x.shape().require(dy.name(), dy.shape());
      x.shape().require(dx.name(), dx.shape());
      this.dx = dx.data();
      this.dy = dy.data();
      this.x = x.data();
      this.scales = scale.scale().values();
      this.stride = x.stride();
      this.columns = x.columns();
      this.adds = adds;
    }

    void rows(int from, int to, float[] sums) {
      int chunk = from / RowLoop.CHUNK * (stride + 2 * WIDTH);
      int scratch = chunk + stride;
      Arrays.fill(sums, chunk, scratch, 0f);
      for (int at = from * stride; at < to * stride; at += stride) {
        sumProducts(at, sums, scratch);
        float mean = Rows.sumStored(sums, scratch) / columns;
        float product = Rows.sumStored(sums, scratch + WIDTH) / columns;
        float inverse = (float) (1 / Math.sqrt((double) mean + EPSILON));
        addScaleGradient(at, sums, chunk, inverse);
        spread(at, inverse, -inverse * inverse * inverse * product);
      }
    }

    /** Stores the lane sums of x² and of dY scale x at {@code scratch}. */
    private void sumProducts(int at, float[] sums, int scratch) {
      FloatVector squares = FloatVector.zero(FLOATS);
      FloatVector products = FloatVector.zero(FLOATS);
      for (int d = 0; d < stride; d += WIDTH) {
        FloatVector value = FloatVector.fromArray(FLOATS, x, at + d);
        FloatVector scaled =
            FloatVector.fromArray(FLOATS, dy, at + d).mul(FloatVector.fromArray(FLOATS, scales, d));
        squares = value.fma(value, squares);
        products = value.fma(scaled, products);
      }
      squares.intoArray(sums, scratch);
      products.intoArray(sums, scratch + WIDTH);
    }

    private void addScaleGradient(int at, float[] sums, int chunk, float inverse) {
      for (int d = 0; d < stride; d += WIDTH) {
        FloatVector value = FloatVector.fromArray(FLOATS, x, at + d).mul(inverse);
        FloatVector sum = FloatVector.fromArray(FLOATS, sums, chunk + d);
        value.fma(FloatVector.fromArray(FLOATS, dy, at + d), sum).intoArray(sums, chunk + d);
      }
    }

    private void spread(int at, float inverse, float along) {
      for (int d = 0; d < stride; d += WIDTH) {
        FloatVector value = FloatVector.fromArray(FLOATS, x, at + d).mul(along);
        FloatVector scaled =
            FloatVector.fromArray(FLOATS, dy, at + d)
                .mul(FloatVector.fromArray(FLOATS, scales, d))
                .mul(inverse);
        FloatVector sum = value.add(scaled);
        if (adds) {
          sum = sum.add(FloatVector.fromArray(FLOATS, dx, at + d));
        }
        sum.intoArray(dx, at + d);
      }
    }
  }
}
