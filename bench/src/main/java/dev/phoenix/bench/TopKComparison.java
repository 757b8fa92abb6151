package dev.phoenix.bench;

import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Searches the K best posts of a corpus for one user. The peer only reads the float32 corpus with
 * the same threads: no exact scan of float32 rows can be faster than that.
 */
final class TopKComparison extends Comparison {
  /** Posts of the published corpus. */
  static final int POSTS = 537_000;

  /** D of the published model. */
  static final int COLUMNS = 128;

  /** Posts that the pipeline retrieves. */
  private static final int K = 200;

  /** Above the rounding error of float32 dot products of 128-element unit vectors, any order. */
  private static final double TOLERANCE = 1e-6;

  private static final long VECTOR_BYTES = 64;

  private final Precision held;
  private final Shape shape;
  private final Arena arena = own(Arena.ofShared());
  private final Ops ops;
  private final MemorySegment rows;
  private final CorpusIndex index;
  private final MemoryReader reader;
  private final TopKQuery query;
  private int expectedSum;

  /** Creates a corpus of {@code posts} random rows, indexed in precision {@code held}. */
  TopKComparison(Precision held, int posts, int threads) {
    super(
        "Top-%d of %,d x %d, %s".formatted(K, posts, COLUMNS, held.label()),
        // Gigabytes of float32 rows searched.
        1e-9 * posts * COLUMNS * Float.BYTES,
        "GB");
    this.held = held;
    this.shape = new Shape(posts, COLUMNS);
    this.rows = arena.allocate((long) posts * COLUMNS * Float.BYTES, VECTOR_BYTES);
    UnitVectors.fill(rows, shape, 1);
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    Scope scope = own(Scope.create("corpus"));
    this.index = ops.corpusIndex(scope, rows, shape, held);
    this.reader = own(new MemoryReader(rows, threads));
    this.query = overAll(UnitVectors.create(COLUMNS, -1));
  }

  // NullAway does not see @Nullable on an array type in a class file.
  @SuppressWarnings("NullAway")
  private static TopKQuery overAll(float[] user) {
    return new TopKQuery(user, 1, null, K);
  }

  @Override
  String check() {
    expectedSum = reader.plainSum();
    for (int streams : MemoryReader.STREAMS) {
      requireSum(reader.sum(streams));
    }
    double[] scores = plainScores();
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    TopK found = ops.topK(index, query);
    Set<Integer> seen = new HashSet<>();
    double worst = 0;
    for (int i = 0; i < found.k(); i++) {
      double score = found.scores()[i];
      double own = Math.abs(score - scores[found.indices()[i]]);
      double ranked = Math.abs(score - sorted[sorted.length - 1 - i]);
      worst = Math.max(worst, Math.max(own, ranked));
      if (!seen.add(found.indices()[i])) {
        throw wrong("entry found twice at rank %s".formatted(i));
      }
    }
    if (found.k() != Math.min(K, shape.rows()) || !(worst <= TOLERANCE)) {
      throw wrong("%d found, scores off by %.3g".formatted(found.k(), worst));
    }
    return "the plain scan's entries, max |Δ score| %.1e <= %.0e".formatted(worst, TOLERANCE);
  }

  private double[] plainScores() {
    double[] scores = new double[shape.rows()];
    float[] row = new float[COLUMNS];
    for (int i = 0; i < scores.length; i++) {
      long at = (long) i * COLUMNS * Float.BYTES;
      MemorySegment.copy(rows, ValueLayout.JAVA_FLOAT, at, row, 0, COLUMNS);
      double sum = 0;
      for (int d = 0; d < COLUMNS; d++) {
        sum += (double) row[d] * query.users()[d];
      }
      scores[i] = sum;
    }
    return scores;
  }

  private void requireSum(int found) {
    if (found != expectedSum) {
      throw wrong("the memory reader has missed bytes");
    }
  }

  @Override
  void phoenix() {
    ops.topK(index, query);
  }

  @Override
  List<Peer> peers() {
    return MemoryReader.STREAMS.stream()
        .map(
            streams ->
                new Peer(
                    "Read of the float32 corpus, %d stream%s a thread"
                        .formatted(streams, streams == 1 ? "" : "s"),
                    () -> requireSum(reader.sum(streams))))
        .toList();
  }

  @Override
  OptionalDouble target() {
    return OptionalDouble.of(held == Precision.BFLOAT16 ? 2 : 1);
  }
}
