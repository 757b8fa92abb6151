package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.AdagradStep;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.HostTable;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** Gradient norms and the steps of AdamW and row-wise AdaGrad. */
final class Optimisers {
  private final RowLoop loop;
  private double[] sums = new double[0];

  Optimisers(RowLoop loop) {
    this.loop = loop;
  }

  void clear(List<? extends Trainable> parameters) {
    loop.runParts(
        parameters.size(),
        (part, member) -> {
          CpuTensor gradient = CpuTrainable.of(parameters.get(part)).gradient();
          Arrays.fill(gradient.data(), 0, gradient.rows() * gradient.stride(), 0f);
        });
  }

  /** Sums the squares per parameter and then over the parameters in order. */
  double squaredNorm(List<? extends Trainable> parameters) {
    reserve(parameters.size());
    loop.runParts(
        parameters.size(),
        (part, member) -> {
          CpuTensor gradient = CpuTrainable.of(parameters.get(part)).gradient();
          float[] lanes = new float[WIDTH];
          double sum = 0;
          for (int row = 0; row < gradient.rows(); row++) {
            int stride = gradient.stride();
            sum += GradientRows.sumOfSquares(gradient.data(), row * stride, stride, lanes);
          }
          sums[part] = sum;
        });
    return sum(parameters.size());
  }

  double squaredNorm(CpuRowGradients gradients) {
    int chunks = RowLoop.chunks(gradients.count());
    reserve(chunks);
    loop.runChunks(
        gradients.count(),
        (from, to) -> {
          float[] lanes = new float[WIDTH];
          double sum = 0;
          for (int slot = from; slot < to; slot++) {
            int stride = gradients.stride();
            sum += GradientRows.sumOfSquares(gradients.sums(), slot * stride, stride, lanes);
          }
          sums[from / RowLoop.CHUNK] = sum;
        });
    return sum(chunks);
  }

  private void reserve(int count) {
    if (sums.length < count) {
      sums = new double[2 * count];
    }
  }

  private double sum(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += sums[i];
    }
    return sum;
  }

  void adamW(List<? extends Trainable> parameters, AdamStep step) {
    AdamRow row = new AdamRow(step);
    loop.runParts(
        parameters.size(),
        (part, member) -> {
          CpuTrainable p = CpuTrainable.of(parameters.get(part));
          Shape moments = p.firstMoment().shape();
          p.shape().require("moments", moments);
          int length = p.shape().rows() * p.value().stride();
          row.move(
              p.value().data(),
              CpuTensor.of(p.firstMoment()).data(),
              CpuTensor.of(p.secondMoment()).data(),
              p.gradient().data(),
              length);
        });
  }

  /** The constants of an AdamW step in float32. */
  private static final class AdamRow {
    private final float beta1;
    private final float beta2;
    private final float rest1;
    private final float rest2;
    private final float correction1;
    private final float correction2;
    private final float rate;
    private final float epsilon;
    private final float keep;
    private final float factor;

    AdamRow(AdamStep step) {
      beta1 = (float) step.beta1();
      beta2 = (float) step.beta2();
      rest1 = (float) (1 - step.beta1());
      rest2 = (float) (1 - step.beta2());
      correction1 = (float) (1 / (1 - Math.pow(step.beta1(), (double) step.count())));
      correction2 = (float) (1 / (1 - Math.pow(step.beta2(), (double) step.count())));
      rate = (float) -step.rate();
      epsilon = (float) step.epsilon();
      keep = (float) (step.rate() * step.decay());
      factor = (float) step.gradientFactor();
    }

    void move(float[] value, float[] first, float[] second, float[] gradient, int length) {
      for (int i = 0; i < length; i += WIDTH) {
        FloatVector g = FloatVector.fromArray(FLOATS, gradient, i).mul(factor);
        FloatVector m = FloatVector.fromArray(FLOATS, first, i).mul(beta1).add(g.mul(rest1));
        FloatVector v =
            FloatVector.fromArray(FLOATS, second, i).mul(beta2).add(g.mul(g).mul(rest2));
        m.intoArray(first, i);
        v.intoArray(second, i);
        FloatVector x = FloatVector.fromArray(FLOATS, value, i);
        FloatVector root = v.mul(correction2).sqrt().add(epsilon);
        FloatVector moved = m.mul(correction1).div(root).mul(rate).add(x);
        moved.sub(x.mul(keep)).intoArray(value, i);
      }
    }
  }

  void rowwiseAdagrad(HostTable table, CpuRowGradients gradients, AdagradStep step) {
    int columns = table.columns();
    int stride = gradients.stride();
    float factor = (float) step.gradientFactor();
    loop.run(
        gradients.count(),
        (from, to) -> {
          float[] lanes = new float[WIDTH];
          for (int slot = from; slot < to; slot++) {
            int row = gradients.row(slot);
            double squares =
                GradientRows.sumOfSquares(gradients.sums(), slot * stride, stride, lanes);
            double mean = squares / columns * factor * factor;
            double sum = table.accumulators()[row] + mean;
            table.accumulators()[row] = (float) sum;
            float rate = (float) (-step.rate() * factor / (Math.sqrt(sum) + step.epsilon()));
            move(table.values(), row * columns, gradients, slot, rate);
          }
        });
  }

  private static void move(float[] to, int at, CpuRowGradients gradients, int slot, float rate) {
    float[] g = gradients.sums();
    int from = slot * gradients.stride();
    int columns = gradients.table().columns();
    int whole = columns & -WIDTH;
    for (int d = 0; d < whole; d += WIDTH) {
      FloatVector x = FloatVector.fromArray(FLOATS, to, at + d);
      FloatVector.fromArray(FLOATS, g, from + d).mul(rate).add(x).intoArray(to, at + d);
    }
    for (int d = whole; d < columns; d++) {
      to[at + d] += rate * g[from + d];
    }
  }
}
