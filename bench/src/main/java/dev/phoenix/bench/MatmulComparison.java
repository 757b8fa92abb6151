package dev.phoenix.bench;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.Weight;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;
import java.util.Random;

/** One matrix product of the model; the peer is OpenBLAS. */
final class MatmulComparison extends Comparison {
  private static final float UNIT_ROUNDOFF = 0x1p-24f;

  private final Product product;
  private final Ops ops;
  private final float[] dense;
  private final float[] weights;
  private final Tensor x;
  private final Tensor out;
  private final Weight weight;
  private final OpenBlas openBlas;

  /**
   * A product out [rows, out] = x [rows, in] · w [in, out].
   *
   * @param name the use of the product in the model
   */
  record Product(String name, int rows, int in, int out) {
    /** Products of the demo model at S 127, with fused matrices at their fused width. */
    static List<Product> ofTheModel() {
      return List.of(
          new Product("post tokens", 127, 512, 128),
          new Product("query, key, value", 128, 128, 384),
          new Product("attention output", 128, 128, 128),
          new Product("feed-forward in", 128, 128, 352),
          new Product("feed-forward out", 128, 176, 128),
          new Product("query, key, value of candidates", 64, 128, 384));
    }
  }

  MatmulComparison(Product product, int threads) {
    super(
        "Product [%d, %d] x [%d, %d], %s, %d thread%s"
            .formatted(
                product.rows(),
                product.in(),
                product.in(),
                product.out(),
                product.name(),
                threads,
                threads == 1 ? "" : "s"),
        2e-9 * product.rows() * product.in() * product.out(),
        "GFLOP");
    this.product = product;
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    Scope scope = own(Scope.create("matmul"));
    Random random = new Random(1);
    this.dense = values(random, product.rows() * product.in());
    this.weights = values(random, product.in() * product.out());
    this.x = ops.tensor(scope, "x", new Shape(product.rows(), product.in()));
    x.set(dense);
    this.out = ops.tensor(scope, "out", new Shape(product.rows(), product.out()));
    this.weight = ops.matrix(scope, new Shape(product.in(), product.out()), weights);
    this.openBlas = own(new OpenBlas(dense, x.shape(), weights, threads));
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Override
  String check() {
    phoenix();
    openBlas.run();
    float[] ours = out.toArray();
    float[] theirs = openBlas.result();
    double worst = 0;
    for (int row = 0; row < product.rows(); row++) {
      for (int column = 0; column < product.out(); column++) {
        int at = row * product.out() + column;
        double error = relativeError(row, column, ours[at]);
        double peerError = relativeError(row, column, theirs[at]);
        worst = Math.max(worst, Math.max(error, peerError));
      }
    }
    if (!(worst <= 1)) {
      throw wrong("error %.3g times what rounding explains".formatted(worst));
    }
    return "largest error %.2f of the rounding bound, both sides".formatted(worst);
  }

  /** The error of an element over in * 2^-24 * sum of |x w|, the bound of any summation order. */
  private double relativeError(int row, int column, float found) {
    double sum = 0;
    double magnitude = 0;
    for (int k = 0; k < product.in(); k++) {
      double term = (double) dense[row * product.in() + k] * weights[k * product.out() + column];
      sum += term;
      magnitude += Math.abs(term);
    }
    return Math.abs(found - sum) / (product.in() * UNIT_ROUNDOFF * magnitude);
  }

  @Override
  void phoenix() {
    ops.matmul(out, x, weight);
  }

  @Override
  List<Peer> peers() {
    return List.of(new Peer("OpenBLAS " + OpenBlas.VERSION, openBlas::run));
  }
}
