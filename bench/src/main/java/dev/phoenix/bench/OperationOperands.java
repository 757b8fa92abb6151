package dev.phoenix.bench;

import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Operands of the demo's size for every operation, with the same values on every backend: 128 rows
 * of D 128, 4 heads of 32, a feed-forward layer of 344, a corpus of 4,096 entries. Owns its {@link
 * Ops}.
 */
final class OperationOperands implements AutoCloseable {
  private static final int ROWS = 128;
  private static final int COLUMNS = 128;
  private static final int FEED_FORWARD = 344;
  private static final int ENTRIES = 4096;
  private static final int K = 200;
  private static final int ACTIONS = 19;
  private static final HeadShape HEADS = new HeadShape(4, 4, 32, 0.125f);
  private static final RopeShape TURNED = HEADS.rope();

  private final Ops ops;
  private final Scope scope = Scope.create("operands");
  private final Arena arena = Arena.ofShared();
  private final Random random = new Random(1);
  private final float[] source = gaussians(ROWS * COLUMNS);
  private final int[] order = IntStream.range(0, ROWS).map(i -> (i * 37) % ROWS).toArray();
  private final Tensor x;
  private final Tensor out;
  private final Tensor residual;
  private final Tensor fused;
  private final Tensor attended;
  private final Tensor gated;
  private final Tensor pooled;
  private final Weight square;
  private final Weight gate;
  private final Weight scale;
  private final Weight head;
  private final Tensor logits;
  private final Tensor probabilities;
  private final IndexedRows smallRows;
  private final HistoryFeatureTables tables;
  private final HistoryFeatureRows features;
  private final KeyValues kept;
  private final RowLayout rows = new RowLayout();
  private final RowLayout candidates = new RowLayout();
  private final CorpusIndex corpus;
  private final float[] user = UnitVectors.create(COLUMNS, -1);
  private final Tensor lengths;
  private TopK best = new TopK(0, 0, new int[0], new float[0]);

  OperationOperands(Ops ops) {
    this.ops = ops;
    Shape plain = new Shape(ROWS, COLUMNS);
    x = filled("x", plain);
    out = filled("out", plain);
    residual = filled("residual", plain);
    fused = filled("fused", new Shape(ROWS, TURNED.columns()));
    attended = filled("attended", plain);
    gated = filled("gated", new Shape(ROWS, FEED_FORWARD));
    lengths = ops.tensor(scope, "lengths", new Shape(ROWS, 1));
    pooled = ops.tensor(scope, "pooled", new Shape(1, COLUMNS));
    square = ops.matrix(scope, new Shape(COLUMNS, COLUMNS), matrix(COLUMNS));
    gate =
        ops.gatedMatrix(
            scope, new Shape(COLUMNS, FEED_FORWARD), matrix(FEED_FORWARD), matrix(FEED_FORWARD));
    scale = ops.scale(scope, gaussians(COLUMNS));
    head = ops.floatMatrix(scope, new Shape(COLUMNS, ACTIONS), gaussians(COLUMNS * ACTIONS));
    logits = ops.tensor(scope, "logits", new Shape(ROWS, ACTIONS));
    probabilities = ops.tensor(scope, "probabilities", new Shape(ROWS, ACTIONS));
    smallRows = new IndexedRows(filled("surfaces", plain), order);
    Shape actionTable = new Shape(ACTIONS, COLUMNS);
    float[] actions = gaussians(actionTable.elements());
    tables = new HistoryFeatureTables(ops.floatMatrix(scope, actionTable, actions), null);
    features = new HistoryFeatureRows(OperationOperands::copyActions, smallRows, null);
    kept = ops.keyValues(scope, 1, HEADS);
    kept.history().beginRequest();
    rows.beginRequest();
    candidates.beginRequest();
    for (int row = 0; row < ROWS; row++) {
      kept.history().addRow(row);
      rows.addRow(row);
      candidates.addRow(ROWS);
    }
    ops.keep(kept, 0, fused);
    MemorySegment entries = arena.allocate((long) ENTRIES * COLUMNS * Float.BYTES, 64);
    UnitVectors.fill(entries, new Shape(ENTRIES, COLUMNS), 1);
    corpus = ops.corpusIndex(scope, entries, new Shape(ENTRIES, COLUMNS), Precision.FLOAT32);
  }

  /** Sets action r mod A for row r. */
  private static void copyActions(int row, float[] to, int at) {
    Arrays.fill(to, at, at + ACTIONS, 0f);
    to[at + row % ACTIONS] = 1;
  }

  private float[] gaussians(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A random matrix [COLUMNS, columns] that keeps the variance of its inputs. */
  private float[] matrix(int columns) {
    float[] values = gaussians(COLUMNS * columns);
    for (int i = 0; i < values.length; i++) {
      values[i] /= (float) Math.sqrt(COLUMNS);
    }
    return values;
  }

  private Tensor filled(String name, Shape shape) {
    Tensor tensor = ops.tensor(scope, name, shape);
    tensor.set(gaussians(shape.elements()));
    return tensor;
  }

  /**
   * Sets large values, which in-place activations do not change, so that calls can be repeated: for
   * large x, silu(x) is x.
   */
  void settle() {
    float[] large = new float[ROWS * COLUMNS];
    for (int i = 0; i < large.length; i++) {
      large[i] = 20 + i % 7;
    }
    x.set(large);
  }

  /** One run. */
  void run(CpuOperation operation) {
    switch (operation) {
      case GATHER ->
          ops.gather(
              out, (row, to, at) -> System.arraycopy(source, row * COLUMNS, to, at, COLUMNS));
      case MATMUL -> ops.matmul(out, x, square);
      case ADD_ROWS -> ops.addRows(out, residual, order);
      case TAKE_ROWS -> ops.takeRows(out, residual, order);
      case PLACE_ROWS -> ops.placeRows(out, residual, order);
      case ADD_HISTORY_FEATURES -> ops.addHistoryFeatures(residual, tables, features);
      case ADD_CANDIDATE_FEATURES -> ops.addCandidateFeatures(residual, smallRows, smallRows);
      case SILU -> ops.silu(x, x);
      case RMS_NORM -> ops.rmsNorm(out, x, scale);
      case ADD_RMS_NORM -> ops.addRmsNorm(out, new NormPair<>(residual, x, scale, scale), residual);
      case ADD_NORM -> ops.addNorm(residual, residual, x, scale);
      case ROPE -> ops.rope(fused, rows, TURNED);
      case KEEP -> ops.keep(kept, 0, fused);
      case ATTEND_HISTORY -> ops.attendHistory(attended, fused, kept, 0);
      case ATTEND_CANDIDATES -> ops.attendCandidates(attended, fused, candidates, kept, 0);
      case GATED_MATMUL -> ops.gatedMatmul(gated, x, gate);
      case MEAN_POOL -> ops.meanPool(pooled, x, rows);
      case L2_NORMALIZE -> ops.l2Normalize(out, lengths, x);
      case ACTION_HEADS -> ops.actionHeads(probabilities, logits, x, scale, head);
      case TOP_K -> best = ops.topK(corpus, TopKQuery.unmasked(user, 1, K));
    }
  }

  /** The output of an operation. */
  float[] result(CpuOperation operation) {
    return switch (operation) {
      case SILU -> x.toArray();
      case ADD_HISTORY_FEATURES, ADD_CANDIDATE_FEATURES, ADD_NORM -> residual.toArray();
      case ROPE -> fused.toArray();
      // Cached keys and values are only visible through attention.
      case KEEP -> {
        run(CpuOperation.ATTEND_CANDIDATES);
        yield attended.toArray();
      }
      case ATTEND_HISTORY, ATTEND_CANDIDATES -> attended.toArray();
      case ACTION_HEADS -> probabilities.toArray();
      case GATED_MATMUL -> gated.toArray();
      case MEAN_POOL -> pooled.toArray();
      case TOP_K -> best.scores();
      default -> out.toArray();
    };
  }

  @Override
  public void close() {
    scope.close();
    ops.close();
    arena.close();
  }
}
