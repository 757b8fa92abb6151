package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RowLayout;

/** Attention of history rows or of candidate rows. A part is one tile of queries of one head. */
final class AttentionWork implements Team.Work {
  private final Team team;
  private final KeyValueCache cache;
  private final HeadShape shape;
  private final AttentionTile[] tiles;
  private final AttentionTile.KeyPanels[] keys;
  private final AttentionTile.KeyPanels[] values;
  private RowLayout queries = new RowLayout();
  private boolean candidates;
  private float[] out = new float[0];
  private float[] rows = new float[0];
  private int outStride;
  private int stride;
  private int layer;

  AttentionWork(Team team, KeyValueCache cache, Precision precision) {
    this.team = team;
    this.cache = cache;
    this.shape = cache.shape();
    this.tiles = new AttentionTile[team.size()];
    this.keys = new AttentionTile.KeyPanels[team.size()];
    this.values = new AttentionTile.KeyPanels[team.size()];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = new AttentionTile(shape, precision);
      keys[i] = new AttentionTile.KeyPanels();
      values[i] = new AttentionTile.KeyPanels();
    }
  }

  /** Each history row attends to itself and the earlier rows of its request. */
  void attendHistory(CpuTensor outTensor, CpuTensor qkv, int newLayer) {
    candidates = false;
    queries = cache.history();
    run(outTensor, qkv, newLayer);
  }

  /** Each candidate row attends to the whole history of its request and to itself. */
  void attendCandidates(CpuTensor outTensor, CpuTensor qkv, RowLayout layout, int newLayer) {
    if (layout.requests() != cache.history().requests()) {
      throw new IllegalArgumentException(
          "candidates of %d requests, histories of %d"
              .formatted(layout.requests(), cache.history().requests()));
    }
    candidates = true;
    queries = layout;
    run(outTensor, qkv, newLayer);
  }

  private void run(CpuTensor outTensor, CpuTensor qkv, int newLayer) {
    if (qkv.rows() != queries.rows()
        || qkv.columns() != shape.fusedColumns()
        || outTensor.columns() != shape.queryColumns()) {
      throw new IllegalArgumentException(
          "%s of %d rows cannot attend into %s".formatted(qkv, queries.rows(), outTensor));
    }
    outTensor.useRows(qkv.rows());
    out = outTensor.data();
    outStride = outTensor.stride();
    rows = qkv.data();
    stride = qkv.stride();
    layer = newLayer;
    int count = 0;
    for (int request = 0; request < queries.requests(); request++) {
      count += tilesOf(request);
    }
    team.run(this, count * shape.queryHeads());
  }

  private int tilesOf(int request) {
    return (queries.length(request) + MatmulTile.ROWS - 1) / MatmulTile.ROWS;
  }

  @Override
  public void run(int part, int member) {
    int tile = part / shape.queryHeads();
    int request = 0;
    while (tile >= tilesOf(request)) {
      tile -= tilesOf(request);
      request++;
    }
    int first = queries.begin(request) + tile * MatmulTile.ROWS;
    int count = Math.min(MatmulTile.ROWS, queries.end(request) - first);
    attend(tiles[member], request, part % shape.queryHeads(), first, count, member);
  }

  private void attend(AttentionTile tile, int request, int head, int first, int count, int member) {
    int keyHead = shape.keyHead(head);
    int column = head * shape.headSize();
    int position = first - queries.begin(request);
    int depth = candidates ? cache.history().length(request) : position + count;
    tile.multiplyKeys(
        rows,
        first * stride + column,
        stride,
        keys[member].of(cache.keys(layer), cache.keysAt(request, keyHead)),
        depth);
    for (int r = 0; r < count; r++) {
      tile.weigh(r, candidates ? depth : position + r + 1, depth);
    }
    tile.multiplyValues(
        values[member].of(cache.values(layer), cache.valuesAt(request, keyHead)),
        cache.paddedLength(request),
        depth);
    if (candidates) {
      addOwn(tile, keyHead, column, first, count);
    }
    for (int r = 0; r < count; r++) {
      tile.write(r, out, (first + r) * outStride + column);
    }
  }

  private void addOwn(AttentionTile tile, int keyHead, int column, int first, int count) {
    int keyColumn = shape.queryColumns() + keyHead * shape.headSize();
    for (int r = 0; r < count; r++) {
      int row = (first + r) * stride;
      tile.setOwnLogit(r, rows, row + column, row + keyColumn);
    }
    tile.weighOwn();
    for (int r = 0; r < count; r++) {
      boolean alone = tile.total(r) == 0;
      if (queries.seesItself(first + r) || alone) {
        tile.addOwnValue(r, rows, (first + r) * stride + keyColumn + shape.keyColumns());
      }
    }
  }
}
