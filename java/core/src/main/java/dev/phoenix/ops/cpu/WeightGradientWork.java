package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.tensor.Shape;
import jdk.incubator.vector.FloatVector;

/**
 * dW += Xᵀ · dY on several threads. Rows are summed in runs that fit in the second-level cache, one
 * run after the other. The threads share out the tiles of dW, so every element is summed in the
 * same order for any number of threads.
 */
final class WeightGradientWork implements Team.Work {
  private static final int RUN_BYTES = 1 << 20;

  private final Team team;
  private final Scratch[] scratch;
  private float[] out = new float[0];
  private float[] left = new float[0];
  private float[] right = new float[0];
  private int outStride;
  private int leftStride;
  private int rightStride;
  private int outRows;
  private int rows;
  private int run;
  private int tileRows;
  private int panels;
  private int parts;

  WeightGradientWork(Team team) {
    this.team = team;
    this.scratch = new Scratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  private static final class Scratch {
    final View x = new View();
    final View y = new View();
    final View tile =
        new View().of(new float[MatmulTile.MAX_ROWS * MatmulTile.PANEL], 0, MatmulTile.PANEL);
  }

  /** dw [in, out] += x [rows, in]ᵀ · dy [rows, out]. */
  void run(CpuTensor dw, CpuTensor x, CpuTensor dy) {
    new Shape(x.columns(), dy.columns()).require(dw.name() + " gradient", dw.shape());
    new Shape(x.rows(), dy.columns()).require(dy.name(), dy.shape());
    out = dw.data();
    outStride = dw.stride();
    outRows = x.columns();
    left = x.data();
    leftStride = x.stride();
    right = dy.data();
    rightStride = dy.stride();
    rows = x.rows();
    // Depends on the shapes alone, never on the number of threads.
    run = Math.max(32, RUN_BYTES / Float.BYTES / (leftStride + rightStride));
    tileRows = (outRows + MatmulTile.ROWS - 1) / MatmulTile.ROWS;
    panels = MatmulTile.panels(dy.columns());
    parts = Math.min(tileRows * panels, team.size() == 1 ? 1 : 2 * team.size());
    team.run(this, parts);
  }

  @Override
  public void run(int part, int member) {
    int from = (int) ((long) tileRows * panels * part / parts);
    int to = (int) ((long) tileRows * panels * (part + 1) / parts);
    for (int begin = 0; begin < rows; begin += run) {
      int count = Math.min(run, rows - begin);
      for (int tile = from; tile < to; tile++) {
        addTile(scratch[member], tile, begin, count);
      }
    }
  }

  private void addTile(Scratch own, int tile, int begin, int count) {
    int row = tile / panels * MatmulTile.ROWS;
    int column = tile % panels * MatmulTile.PANEL;
    own.x.of(left, begin * leftStride + row, leftStride);
    own.y.of(right, begin * rightStride + column, rightStride);
    OuterTile.multiply(own.tile, own.x, own.y, count);
    int width = Math.min(MatmulTile.PANEL, outStride - column);
    for (int r = 0; r < Math.min(MatmulTile.ROWS, outRows - row); r++) {
      addRow(out, (row + r) * outStride + column, own.tile.values, r * MatmulTile.PANEL, width);
    }
  }

  /** to[at + i] += from[fromAt + i]. */
  static void addRow(float[] to, int at, float[] from, int fromAt, int width) {
    for (int i = 0; i < width; i += WIDTH) {
      FloatVector sum = FloatVector.fromArray(FLOATS, to, at + i);
      sum.add(FloatVector.fromArray(FLOATS, from, fromAt + i)).intoArray(to, at + i);
    }
  }
}
