package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.RowLayout;
import jdk.incubator.vector.FloatVector;

/**
 * The backward pass of attention. A part is one key/value head of one request, to whose gradients
 * no other part adds. It processes its query heads in order and their queries in blocks.
 */
final class AttentionGradientWork implements Team.Work {
  private final Team team;
  private final HeadShape shape;
  private final AttentionGradientTile[] tiles;
  private final float[][] own;
  private final View[] queryViews;
  private final View[] outViews;
  private final View[] gradientViews;
  private Rows4 r = Rows4.NONE;
  private RowLayout queries = new RowLayout();
  private RowLayout history = new RowLayout();
  private boolean candidates;
  private float[] kv = new float[0];
  private float[] dKv = new float[0];
  private int kvStride;
  private int keyColumn;

  AttentionGradientWork(Team team, HeadShape shape) {
    this.team = team;
    this.shape = shape;
    this.tiles = new AttentionGradientTile[team.size()];
    this.own = new float[team.size()][2 * WIDTH];
    this.queryViews = new View[team.size()];
    this.outViews = new View[team.size()];
    this.gradientViews = new View[team.size()];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = new AttentionGradientTile(shape);
      queryViews[i] = new View();
      outViews[i] = new View();
      gradientViews[i] = new View();
    }
  }

  HeadShape shape() {
    return shape;
  }

  /** The arrays of an {@link AttentionGradient} and their row strides. */
  private record Rows4(
      float[] dQkv, float[] qkv, float[] out, float[] dOut, int stride, int outStride) {
    static final Rows4 NONE =
        new Rows4(new float[0], new float[0], new float[0], new float[0], 0, 0);
  }

  /**
   * The backward pass of history rows, which attended to themselves and earlier rows of their
   * request.
   */
  void history(AttentionGradient gradient, RowLayout rows) {
    candidates = false;
    bind(gradient, rows);
    history = rows;
    kv = r.qkv;
    dKv = r.dQkv;
    kvStride = r.stride;
    keyColumn = shape.queryColumns();
    team.run(this, rows.requests() * shape.keyValueHeads());
  }

  /**
   * The backward pass of candidate rows, which attended to the history of their request and to
   * themselves.
   */
  void candidates(AttentionGradient gradient, RowLayout rows, KeyValueGradient keyValues) {
    if (rows.requests() != keyValues.rows().requests()) {
      throw new IllegalArgumentException(
          "candidates of %d requests, histories of %d"
              .formatted(rows.requests(), keyValues.rows().requests()));
    }
    candidates = true;
    bind(gradient, rows);
    history = keyValues.rows();
    CpuTensor kvTensor = CpuTensor.of(keyValues.kv());
    CpuTensor dKvTensor = CpuTensor.of(keyValues.dKv());
    kvTensor.shape().require(dKvTensor.name(), dKvTensor.shape());
    kv = kvTensor.data();
    dKv = dKvTensor.data();
    kvStride = kvTensor.stride();
    keyColumn = kvTensor.columns() - 2 * shape.keyColumns();
    team.run(this, rows.requests() * shape.keyValueHeads());
  }

  private void bind(AttentionGradient gradient, RowLayout rows) {
    CpuTensor dQkv = CpuTensor.of(gradient.dQkv());
    CpuTensor qkv = CpuTensor.of(gradient.qkv());
    CpuTensor out = CpuTensor.of(gradient.attended());
    CpuTensor dOut = CpuTensor.of(gradient.dAttended());
    qkv.shape().require(dQkv.name(), dQkv.shape());
    out.shape().require(dOut.name(), dOut.shape());
    if (qkv.rows() != rows.rows()
        || out.rows() != rows.rows()
        || qkv.columns() != shape.fusedColumns()
        || out.columns() != shape.queryColumns()) {
      throw new IllegalArgumentException(
          "%s and %s are not those of %d rows of %s".formatted(qkv, out, rows.rows(), shape));
    }
    queries = rows;
    r = new Rows4(dQkv.data(), qkv.data(), out.data(), dOut.data(), qkv.stride(), out.stride());
  }

  @Override
  public void run(int part, int member) {
    int request = part / shape.keyValueHeads();
    int head = part % shape.keyValueHeads();
    AttentionGradientTile tile = tiles[member];
    int first = history.begin(request);
    int length = history.length(request);
    int keyAt = first * kvStride + keyColumn + head * shape.headSize();
    int valueAt = keyAt + shape.keyColumns();
    tile.begin(kv, keyAt, valueAt, kvStride, length);
    int group = shape.queryHeads() / shape.keyValueHeads();
    for (int query = head * group; query < (head + 1) * group; query++) {
      int count = queries.length(request);
      for (int from = 0; from < count; from += AttentionGradientTile.BLOCK) {
        int rows = Math.min(AttentionGradientTile.BLOCK, count - from);
        block(
            member, query, queries.begin(request) + from, rows, candidates ? length : from + rows);
      }
    }
    tile.end(dKv, keyAt, valueAt, kvStride);
  }

  /**
   * Processes one block of queries; {@code depth} is the number of keys that its last query attends
   * to.
   */
  private void block(int member, int head, int first, int count, int depth) {
    AttentionGradientTile tile = tiles[member];
    int column = head * shape.headSize();
    View q = queryViews[member].of(r.qkv, first * r.stride + column, r.stride);
    View dOut = outViews[member].of(r.dOut, first * r.outStride + column, r.outStride);
    tile.multiply(q, dOut, count, depth);
    for (int row = 0; row < count; row++) {
      int visible = candidates ? depth : depth - count + row + 1;
      float total = tile.weigh(row, visible);
      int at = (first + row) * r.outStride + column;
      float delta = tile.dot(r.dOut, at, r.out, at);
      if (candidates) {
        own(member, head, first + row, total, delta);
        total += own[member][WIDTH];
      }
      tile.setRow(row, total, delta);
      tile.differentiate(row, visible);
    }
    View dq = gradientViews[member].of(r.dQkv, first * r.stride + column, r.stride);
    tile.addQueryGradients(dq, count, depth);
    tile.addKeyValueGradients(q, dOut, count, depth);
  }

  /**
   * The backward pass through a candidate's own key and value. Stores the weight of its own key,
   * before division by the sum, in the thread's scratch.
   */
  private void own(int member, int head, int row, float total, float delta) {
    float[] scratch = own[member];
    AttentionGradientTile tile = tiles[member];
    if (!queries.seesItself(row) && total != 0) {
      scratch[WIDTH] = 0;
      return;
    }
    int queryAt = row * r.stride + head * shape.headSize();
    int keyAt = row * r.stride + shape.queryColumns() + shape.keyHead(head) * shape.headSize();
    int valueAt = keyAt + shape.keyColumns();
    int outAt = row * r.outStride + head * shape.headSize();
    scratch[0] = tile.dot(r.qkv, queryAt, r.qkv, keyAt);
    weighOwn(scratch);
    float weight = scratch[WIDTH];
    float t = scratch[0];
    float p = weight / (total + weight);
    float ds = p * (tile.dot(r.dOut, outAt, r.qkv, valueAt) - delta);
    float factor = (1 - t * t) * shape.multiplier() * ds;
    for (int d = 0; d < shape.headSize(); d++) {
      float query = r.qkv[queryAt + d];
      r.dQkv[queryAt + d] += factor * r.qkv[keyAt + d];
      r.dQkv[keyAt + d] += factor * query;
      r.dQkv[valueAt + d] += p * r.dOut[outAt + d];
    }
  }

  /**
   * Replaces the logit in scratch[0] by t and writes e^(30 t) to scratch[WIDTH], with the
   * arithmetic of {@link AttentionGradientTile}.
   */
  private void weighOwn(float[] scratch) {
    FloatVector scale = Lanes.vector(2 * shape.multiplier() / HeadShape.LOGIT_CAP);
    FloatVector logits = FloatVector.fromArray(Lanes.FLOATS, scratch, 0).mul(scale);
    FloatVector squashed = Lanes.tanhOfHalf(logits);
    squashed.intoArray(scratch, 0);
    FloatVector cap = Lanes.vector(HeadShape.LOGIT_CAP);
    Lanes.boundedExp(squashed.mul(cap)).intoArray(scratch, WIDTH);
  }
}
