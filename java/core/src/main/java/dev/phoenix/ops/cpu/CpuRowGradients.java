package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HostTable;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.tensor.Scope;
import java.util.Arrays;

/**
 * Row gradients in slots, in the order in which the rows were first used. An array of one int per
 * table row maps a row to its slot.
 */
final class CpuRowGradients implements RowGradients, Scope.Resource {
  /** Rows 0 to 64 are padding and reserved: they are never updated. */
  private static final int RESERVED_ROWS = 65;

  private final HostTable table;
  private final int stride;
  private int[] slotOfRow;
  private int[] rows = new int[64];
  private int[] slots = new int[64];
  private float[] sums = new float[0];
  private int count;

  private CpuRowGradients(HostTable table) {
    this.table = table;
    this.stride = Lanes.padded(table.columns());
    this.slotOfRow = new int[table.rows()];
    Arrays.fill(slotOfRow, -1);
  }

  static CpuRowGradients create(Scope scope, HostTable table) {
    return scope.own(new CpuRowGradients(table));
  }

  static CpuRowGradients of(RowGradients gradients) {
    if (gradients instanceof CpuRowGradients cpu) {
      return cpu;
    }
    throw new IllegalArgumentException("these gradients of rows are not in CPU memory");
  }

  @Override
  public void clear() {
    for (int slot = 0; slot < count; slot++) {
      slotOfRow[rows[slot]] = -1;
    }
    count = 0;
  }

  /**
   * Adds the row gradients that are concatenated in the rows of {@code dOut}. Each thread sums its
   * own slots.
   */
  void add(RowLoop loop, CpuTensor dOut, int[] used) {
    int hashes = dOut.columns() / table.columns();
    int uses = dOut.rows() * hashes;
    assignSlots(used, uses);
    float[] from = dOut.data();
    int columns = table.columns();
    int fromStride = dOut.stride();
    int parts = loop.threads();
    loop.runParts(
        parts,
        (part, member) -> {
          for (int use = 0; use < uses; use++) {
            int slot = slots[use];
            if (slot >= 0 && slot % parts == part) {
              int at = use / hashes * fromStride + use % hashes * columns;
              add(sums, slot * stride, from, at, columns);
            }
          }
        });
  }

  private static void add(float[] to, int at, float[] from, int fromAt, int columns) {
    int whole = columns & -Lanes.WIDTH;
    WeightGradientWork.addRow(to, at, from, fromAt, whole);
    for (int d = whole; d < columns; d++) {
      to[at + d] += from[fromAt + d];
    }
  }

  private void assignSlots(int[] used, int uses) {
    if (slots.length < uses) {
      slots = new int[uses + uses / 2];
    }
    int before = count;
    for (int use = 0; use < uses; use++) {
      int row = used[use];
      if (row < RESERVED_ROWS) {
        slots[use] = -1;
        continue;
      }
      if (slotOfRow[row] < 0) {
        if (count == rows.length) {
          rows = Arrays.copyOf(rows, 2 * count);
        }
        rows[count] = row;
        slotOfRow[row] = count++;
      }
      slots[use] = slotOfRow[row];
    }
    if (sums.length < count * stride) {
      sums = Arrays.copyOf(sums, Math.multiplyExact(count + count / 2, stride));
    }
    Arrays.fill(sums, before * stride, count * stride, 0f);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int row(int i) {
    return rows[i];
  }

  @Override
  public void copyGradient(int i, float[] to) {
    System.arraycopy(sums, i * stride, to, 0, table.columns());
  }

  HostTable table() {
    return table;
  }

  /** The gradient sums by slot, {@link #stride} apart and padded with zeros. */
  float[] sums() {
    return sums;
  }

  int stride() {
    return stride;
  }

  @Override
  public long bytes() {
    return 4L * (slotOfRow.length + rows.length + slots.length + sums.length);
  }

  @Override
  public void release() {
    slotOfRow = new int[0];
    sums = new float[0];
    slots = new int[0];
    rows = new int[0];
  }
}
