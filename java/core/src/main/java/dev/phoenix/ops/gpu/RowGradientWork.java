package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AddKernel;
import dev.phoenix.kernels.ClearTailKernel;
import dev.phoenix.kernels.DropoutKernel;
import dev.phoenix.kernels.EmbeddingGatherBackwardKernel;
import dev.phoenix.kernels.GatherRowsKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.ops.Dropout;

/** Gather, add and dropout of rows in training, and sums of gradients by row. */
final class RowGradientWork implements AutoCloseable {
  /** Bytes for the alignment of staged arrays. */
  private static final long SLACK = 4096;

  private final Engine engine;
  private final Scratch scratch;
  private final AddKernel add;
  private final ClearTailKernel clearTail;
  private final DropoutKernel dropout;
  private final GatherRowsKernel gatherRows;
  private final EmbeddingGatherBackwardKernel sums;
  private final DeviceBuffer none;

  RowGradientWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.add = new AddKernel(engine.library());
    this.clearTail = new ClearTailKernel(engine.library());
    this.dropout = new DropoutKernel(engine.library());
    this.gatherRows = new GatherRowsKernel(engine.library());
    this.sums = new EmbeddingGatherBackwardKernel(engine.library());
    this.none = engine.allocate(Integer.BYTES);
  }

  /** x = 0. */
  void zero(GpuTensor x) {
    zero(x.memory(), x.type(), x.size());
  }

  /** Zeros float32 memory. */
  void zero(DeviceMemory memory, MatrixSize size) {
    zero(memory, ElementType.F32, size);
  }

  private void zero(DeviceMemory memory, ElementType type, MatrixSize size) {
    clearTail.launch(engine.recorder(), new ClearTailKernel.Rows(memory, type, size), none, 0);
  }

  /** out += x. */
  void add(GpuTensor out, GpuTensor x) {
    x.shape().require(out.name(), out.shape());
    requireFloats(out);
    DeviceMemory from = scratch.input(x, ElementType.F32);
    add.launch(engine.recorder(), out.memory(), from, x.elements());
  }

  /** out[r] = the table's rows rows[r h] to rows[r h + h - 1] side by side. */
  void gather(GpuTensor out, GpuTable table, int[] rows) {
    int hashes = hashes(out, table);
    int count = out.rows() * hashes;
    requireIndices(rows, count, table.rows());
    requireFloats(out);
    if (count == 0) {
      return;
    }
    int padded = out.paddedRows() * hashes;
    DeviceMemory indices = engine.stageIntegers(rows, count, padded, -1);
    gatherRows.launch(
        engine.recorder(),
        out.memory(),
        table.values(),
        new GatherRowsKernel.Rows(indices, padded),
        table.size());
  }

  /** dTable[rows[r]] += dOut[r]. */
  void addByIndex(GpuTensor table, GpuTensor dOut, int[] rows) {
    requireIndices(rows, dOut.rows(), table.rows());
    requireFloats(table);
    DeviceMemory from = scratch.input(dOut, ElementType.F32);
    RowUses uses = RowUses.of(rows, dOut.rows(), table.rows());
    addSums(table.memory(), from, uses, table.size());
  }

  /** Adds the gradients of the rows that {@link #gather} gathered. */
  void addGradients(GpuRowGradients gradients, GpuTensor dOut, int[] rows) {
    int uses = dOut.rows() * hashes(dOut, gradients.table());
    requireIndices(rows, uses, gradients.table().rows());
    if (uses == 0) {
      return;
    }
    DeviceMemory from = scratch.input(dOut, ElementType.F32);
    int[] slots = gradients.assign(rows, uses);
    int columns = gradients.table().columns();
    int room = RowBuckets.rows(gradients.count());
    RowUses of = RowUses.of(slots, uses, gradients.count());
    if (of.slots() > 0) {
      addSums(gradients.sums(), from, of, new MatrixSize(room, columns));
    }
  }

  private void addSums(DeviceMemory out, DeviceMemory gradOut, RowUses uses, MatrixSize size) {
    if (uses.slots() == 0) {
      return;
    }
    engine.reserve(SLACK + 4L * (uses.uses() + 2L * uses.slots()));
    int slots = uses.slots();
    DeviceMemory order = engine.stageIntegers(uses.order(), uses.uses(), uses.uses(), 0);
    DeviceMemory starts = engine.stageIntegers(uses.starts(), slots + 1, slots + 1, 0);
    DeviceMemory targets = engine.stageIntegers(uses.targets(), slots, slots, -1);
    sums.launch(
        engine.recorder(),
        out,
        gradOut,
        new EmbeddingGatherBackwardKernel.Uses(order, starts, targets, uses.uses(), slots),
        size);
  }

  /** x / (1 - rate), or 0 where dropped. */
  void drop(GpuTensor x, Dropout mask) {
    dropout.launch(
        engine.recorder(),
        x.memory(),
        x.type(),
        new DropoutKernel.Mask(mask.seed(), mask.rate(), mask.firstRow()),
        x.size());
  }

  static void requireFloats(GpuTensor x) {
    if (x.type() != ElementType.F32) {
      throw new IllegalArgumentException(x + " is an activation; this operation is float32");
    }
  }

  private static int hashes(GpuTensor x, GpuTable table) {
    if (x.columns() % table.columns() != 0) {
      throw new IllegalArgumentException(
          "%s does not hold whole rows of %d".formatted(x, table.columns()));
    }
    return x.columns() / table.columns();
  }

  private static void requireIndices(int[] rows, int count, int limit) {
    if (rows.length < count) {
      throw new IllegalArgumentException(
          "%d rows take as many row indices, found %d".formatted(count, rows.length));
    }
    for (int r = 0; r < count; r++) {
      if (rows[r] < 0 || rows[r] >= limit) {
        throw new IllegalArgumentException(
            "row index %d at %d is outside 0..%d".formatted(rows[r], r, limit - 1));
      }
    }
  }

  @Override
  public void close() {
    engine.free(none);
  }
}
