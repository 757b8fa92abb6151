package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.RowLayout;

/** Copies the keys and values of fused rows into the panels of a {@link KeyValueCache}. */
final class KeepWork implements Team.Work {
  private final Team team;
  private final KeyValueCache cache;
  private final HeadShape shape;
  private float[] rows = new float[0];
  private int stride;
  private int firstColumn;
  private int layer;

  KeepWork(Team team, KeyValueCache cache) {
    this.team = team;
    this.cache = cache;
    this.shape = cache.shape();
  }

  /**
   * Stores the keys and values of every history row for {@code newLayer}. Rows are [q | k | v] or
   * [k | v].
   */
  void run(int newLayer, CpuTensor fused) {
    RowLayout history = cache.history();
    int keyValueColumns = 2 * shape.keyColumns();
    boolean whole = fused.columns() == shape.queryColumns() + keyValueColumns;
    if (fused.rows() != history.rows() || !(whole || fused.columns() == keyValueColumns)) {
      throw new IllegalArgumentException(
          "%s does not hold keys and values of %d history rows".formatted(fused, history.rows()));
    }
    cache.prepare(newLayer);
    layer = newLayer;
    rows = fused.data();
    stride = fused.stride();
    firstColumn = whole ? shape.queryColumns() : 0;
    team.run(this, history.requests() * shape.keyValueHeads());
  }

  @Override
  public void run(int part, int member) {
    int request = part / shape.keyValueHeads();
    int head = part % shape.keyValueHeads();
    int begin = cache.history().begin(request);
    int length = cache.history().length(request);
    int padded = cache.paddedLength(request);
    int column = firstColumn + head * shape.headSize();
    keepKeys(cache.keysAt(request, head), begin, length, column);
    keepValues(cache.valuesAt(request, head), begin, length, column + shape.keyColumns(), padded);
  }

  private void keepKeys(int to, int begin, int length, int column) {
    float[] keys = cache.keys(layer);
    int panelSize = shape.headSize() * MatmulTile.PANEL;
    for (int position = 0; position < length; position++) {
      int from = (begin + position) * stride + column;
      int at = to + position / MatmulTile.PANEL * panelSize + position % MatmulTile.PANEL;
      for (int d = 0; d < shape.headSize(); d++) {
        keys[at + d * MatmulTile.PANEL] = rows[from + d];
      }
    }
  }

  private void keepValues(int to, int begin, int length, int column, int padded) {
    float[] values = cache.values(layer);
    for (int d = 0; d < shape.headSize(); d += MatmulTile.PANEL) {
      int width = Math.min(MatmulTile.PANEL, shape.headSize() - d);
      int panel = to + d * padded;
      for (int position = 0; position < length; position++) {
        int from = (begin + position) * stride + column + d;
        System.arraycopy(rows, from, values, panel + position * MatmulTile.PANEL, width);
      }
    }
  }
}
