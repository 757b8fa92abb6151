package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.tensor.Scope;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Row gradients in slots of device memory, in the order in which the rows were first used. The host
 * maps rows to slots.
 */
final class GpuRowGradients implements RowGradients, Scope.Resource {
  /** Rows 0 to 64 are padding and reserved: they are never updated. */
  private static final int RESERVED_ROWS = 65;

  private final Engine engine;
  private final RowGradientWork work;
  private final GpuTable table;
  private int[] slotOfRow;
  private int[] rows = new int[64];
  private int[] slots = new int[64];
  private @Nullable DeviceBuffer sums;
  private int count;

  private GpuRowGradients(Engine engine, RowGradientWork work, GpuTable table) {
    this.engine = engine;
    this.work = work;
    this.table = table;
    this.slotOfRow = new int[table.rows()];
    Arrays.fill(slotOfRow, -1);
  }

  static GpuRowGradients create(Engine engine, RowGradientWork work, Scope scope, GpuTable table) {
    return scope.own(new GpuRowGradients(engine, work, table));
  }

  static GpuRowGradients of(RowGradients gradients) {
    if (gradients instanceof GpuRowGradients gpu) {
      return gpu;
    }
    throw new IllegalArgumentException("these gradients of rows are not in device memory");
  }

  @Override
  public void clear() {
    for (int slot = 0; slot < count; slot++) {
      slotOfRow[rows[slot]] = -1;
    }
    DeviceBuffer memory = sums;
    if (memory != null && count > 0) {
      // The memory has fewer slots than are counted if growing it has failed.
      long room = memory.byteSize() / ((long) table.columns() * Float.BYTES);
      work.zero(memory, new MatrixSize((int) Math.min(count, room), table.columns()));
    }
    count = 0;
  }

  /**
   * Assigns a slot to every use; the slots of new rows are zero.
   *
   * @return the slot of every use; negative for a reserved row
   */
  int[] assign(int[] used, int uses) {
    if (slots.length < uses) {
      slots = new int[uses + uses / 2];
    }
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
    grow();
    return slots;
  }

  private void grow() {
    long needed = (long) RowBuckets.rows(count) * table.columns() * Float.BYTES;
    DeviceBuffer old = sums;
    if (old != null && old.byteSize() >= needed) {
      return;
    }
    DeviceBuffer larger = engine.allocate(needed + needed / 2);
    sums = larger;
    if (old != null) {
      engine.recorder().copy(larger.slice(0, old.byteSize()), old);
      engine.free(old);
    }
  }

  GpuTable table() {
    return table;
  }

  /** [slots, D] float32. */
  DeviceBuffer sums() {
    DeviceBuffer memory = sums;
    if (memory == null) {
      throw new IllegalStateException("no row has a gradient");
    }
    return memory;
  }

  /** The row of every slot; entries from {@link #count} on are meaningless. */
  int[] rowsOfSlots() {
    return rows;
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
    long rowBytes = (long) table.columns() * Float.BYTES;
    MemorySegment read = engine.read(sums().slice(i * rowBytes, rowBytes));
    MemorySegment.copy(read, ValueLayout.JAVA_FLOAT, 0, to, 0, table.columns());
  }

  @Override
  public long bytes() {
    DeviceBuffer memory = sums;
    return memory == null ? 0 : memory.byteSize();
  }

  @Override
  public void release() {
    slotOfRow = new int[0];
    count = 0;
    DeviceBuffer memory = sums;
    sums = null;
    if (memory != null) {
      engine.free(memory);
    }
  }
}
