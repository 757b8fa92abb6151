package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.Precision;
import dev.phoenix.tensor.Shape;
import jdk.incubator.vector.FloatVector;

/**
 * A matrix product on several threads. Rows are split into blocks that fit in the second-level
 * cache; if there are too few blocks for the threads, panels are split into groups too.
 */
final class MatmulWork implements Team.Work {
  /** The operation on a finished tile. */
  enum Epilogue {
    /** out = tile. */
    STORE,
    /** out += tile. */
    ADD,
    /** out = gelu(left half) * right half. */
    GATE
  }

  private static final int BLOCK_BYTES = 512 * 1024;

  private final Team team;
  private final Scratch[] scratch;
  private Epilogue epilogue = Epilogue.STORE;
  private float[] out = new float[0];
  private float[] in = new float[0];
  private float[] weights = new float[0];
  private int outStride;
  private int inStride;
  private int depth;
  private int panels;
  private int rows;
  private int blockRows;
  private int blocks;
  private int groups;
  private boolean round;

  MatmulWork(Team team) {
    this.team = team;
    this.scratch = new Scratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  private static final class Scratch {
    final View a = new View();
    final View b = new View();
    final View c = new View();
    final View spill =
        new View().of(new float[MatmulTile.MAX_ROWS * MatmulTile.PANEL], 0, MatmulTile.PANEL);
  }

  /** Multiplies {@code x} by {@code w} and sets the rows in use of {@code out}. */
  void run(CpuTensor outTensor, CpuTensor x, PackedMatrix w, Epilogue what) {
    if (x.columns() != w.shape().rows() || outTensor.columns() != w.shape().columns()) {
      throw new IllegalArgumentException(
          "%s cannot be multiplied by %s into %s".formatted(x, w.shape(), outTensor));
    }
    if (what == Epilogue.ADD) {
      new Shape(x.rows(), outTensor.columns()).require(outTensor.name(), outTensor.shape());
    } else {
      outTensor.useRows(x.rows());
    }
    epilogue = what;
    out = outTensor.data();
    outStride = outTensor.stride();
    in = x.data();
    inStride = x.stride();
    weights = w.values();
    depth = w.shape().rows();
    panels = w.panels();
    rows = x.rows();
    // Only a gated product is an activation; others go on to a norm, a rotation or a head as
    // float32.
    round = w.precision() == Precision.BFLOAT16;
    cut();
    team.run(this, blocks * groups);
  }

  private void cut() {
    int tiles = (rows + MatmulTile.ROWS - 1) / MatmulTile.ROWS;
    int cached = Math.max(1, BLOCK_BYTES / (Math.max(depth, 1) * Float.BYTES * MatmulTile.ROWS));
    int fair = Math.max(2, (tiles + 2 * team.size() - 1) / (2 * team.size()));
    int blockTiles = Math.min(cached, fair);
    blockRows = blockTiles * MatmulTile.ROWS;
    blocks = (tiles + blockTiles - 1) / blockTiles;
    groups = blocks >= team.size() ? 1 : Math.min(panels, team.size());
  }

  @Override
  public void run(int part, int member) {
    Scratch own = scratch[member];
    int block = part / groups;
    int group = part % groups;
    int fromRow = block * blockRows;
    int toRow = Math.min(rows, fromRow + blockRows);
    int fromPanel = panels * group / groups;
    int toPanel = panels * (group + 1) / groups;
    for (int panel = fromPanel; panel < toPanel; panel++) {
      own.b.of(weights, panel * depth * MatmulTile.PANEL, MatmulTile.PANEL);
      for (int row = fromRow; row < toRow; row += MatmulTile.ROWS) {
        own.a.of(in, row * inStride, inStride);
        tile(own, row, Math.min(toRow - row, MatmulTile.ROWS), panel);
      }
    }
  }

  private void tile(Scratch own, int row, int count, int panel) {
    int width = epilogue == Epilogue.GATE ? WIDTH : MatmulTile.PANEL;
    int column = panel * width;
    boolean whole = count == MatmulTile.ROWS && column + MatmulTile.PANEL <= outStride;
    View c = own.spill;
    if (whole && epilogue == Epilogue.STORE) {
      c = own.c.of(out, row * outStride + column, outStride);
    }
    MatmulTile.multiply(c, own.a, own.b, depth);
    for (int r = 0; r < count; r++) {
      int to = (row + r) * outStride + column;
      int from = c.at + r * c.stride;
      if (epilogue == Epilogue.GATE) {
        gate(to, c.values, from);
      } else if (c == own.spill) {
        move(to, c.values, from, Math.min(width, outStride - column));
      }
    }
  }

  /**
   * Rounding is a separate loop over the array: together with the gate it would exceed C2's
   * inlining limit, and C2 would box every vector.
   */
  private void gate(int to, float[] tile, int from) {
    FloatVector gate = FloatVector.fromArray(FLOATS, tile, from);
    FloatVector up = FloatVector.fromArray(FLOATS, tile, from + WIDTH);
    Lanes.gelu(gate).mul(up).intoArray(out, to);
    if (round) {
      Rows.roundToBfloat16(out, to, WIDTH);
    }
  }

  private void move(int to, float[] tile, int from, int width) {
    for (int i = 0; i < width; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, tile, from + i);
      if (epilogue == Epilogue.ADD) {
        value = value.add(FloatVector.fromArray(FLOATS, out, to + i));
      }
      value.intoArray(out, to + i);
    }
  }
}
