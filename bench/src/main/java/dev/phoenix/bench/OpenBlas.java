package dev.phoenix.bench;

import dev.phoenix.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** A product out = x · w in OpenBLAS, float32, row-major; owns its memory. */
final class OpenBlas implements AutoCloseable {
  /** The version that the build depends on. */
  static final String VERSION = "0.3.31";

  private final Shape inputs;
  private final int columns;
  private final FloatPointer x;
  private final FloatPointer w;
  private final FloatPointer out;

  OpenBlas(float[] x, Shape inputs, float[] w, int threads) {
    this.inputs = inputs;
    this.columns = w.length / inputs.columns();
    this.x = new FloatPointer(x);
    this.w = new FloatPointer(w);
    this.out = new FloatPointer((long) inputs.rows() * columns);
    openblas_nolapack.blas_set_num_threads(threads);
  }

  /** Computes the product. */
  void run() {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasNoTrans,
        openblas_nolapack.CblasNoTrans,
        inputs.rows(),
        columns,
        inputs.columns(),
        1,
        x,
        inputs.columns(),
        w,
        columns,
        0,
        out,
        columns);
  }

  /** The result of the last run. */
  float[] result() {
    float[] values = new float[inputs.rows() * columns];
    out.get(values);
    return values;
  }

  @Override
  public void close() {
    out.close();
    w.close();
    x.close();
  }
}
