package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.EmbeddingGatherKernel;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.RowTable;
import dev.phoenix.tensor.Scope;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An embedding table that the device gathers from, copied once as float32 to device memory or to
 * page-locked host memory. The rows of zeros take memory there but are never read.
 */
final class GpuRowTable implements RowTable, Scope.Resource {
  private static final System.Logger LOG = System.getLogger(GpuRowTable.class.getName());

  private final Engine engine;
  private final HostRows rows;
  private final boolean onDevice;
  private @Nullable DeviceBuffer buffer;

  private GpuRowTable(Engine engine, HostRows rows, TablePlacement placement) {
    this.engine = engine;
    this.rows = rows;
    long byteSize = rowBytes(rows.rows());
    long free = engine.device().freeMemoryBytes();
    this.onDevice = placement.isOnDevice(byteSize, free);
    this.buffer = onDevice ? upload(byteSize) : copyToHost(byteSize);
    LOG.log(
        Level.DEBUG,
        "{0}: {1} bytes in {2} memory; {3} bytes of the device were free",
        rows,
        byteSize,
        onDevice ? "device" : "page-locked host",
        free);
  }

  /**
   * Copies {@code rows} to memory that the device can read.
   *
   * @throws IllegalArgumentException if there are no rows or their numbers do not fit in 31 bits
   */
  static GpuRowTable create(Engine engine, Scope scope, HostRows rows, TablePlacement placement) {
    if (rows.rows() > Integer.MAX_VALUE || rows.rows() == 0) {
      throw new IllegalArgumentException(
          "a device gathers from 1 to %d rows, found %d".formatted(Integer.MAX_VALUE, rows.rows()));
    }
    return scope.own(new GpuRowTable(engine, rows, placement));
  }

  static GpuRowTable of(RowTable table) {
    if (table instanceof GpuRowTable gpu) {
      return gpu;
    }
    throw new IllegalArgumentException(
        "a table [%d, %d] is not in reach of the device".formatted(table.rows(), table.columns()));
  }

  private long rowBytes(long count) {
    return count * rows.columns() * Float.BYTES;
  }

  private DeviceBuffer upload(long byteSize) {
    return Engine.filled(
        engine.device().allocate(byteSize),
        memory -> {
          long at = rowBytes(rows.zeros());
          for (MemorySegment part : rows.parts()) {
            if (part.byteSize() > 0) {
              engine.upload(memory.slice(at, part.byteSize()), part);
            }
            at += part.byteSize();
          }
        });
  }

  private DeviceBuffer copyToHost(long byteSize) {
    return Engine.filled(
        engine.device().allocateMapped(byteSize),
        memory -> {
          long at = rowBytes(rows.zeros());
          memory.segment().asSlice(0, at).fill((byte) 0);
          for (MemorySegment part : rows.parts()) {
            memory.segment().asSlice(at, part.byteSize()).copyFrom(part);
            at += part.byteSize();
          }
        });
  }

  /** The table as the argument of the gather kernel. */
  EmbeddingGatherKernel.Table table() {
    DeviceBuffer memory = buffer;
    if (memory == null) {
      throw new IllegalStateException(rows + " is closed");
    }
    return new EmbeddingGatherKernel.Table(
        memory, ElementType.F32, Math.toIntExact(rows.rows()), rows.zeros());
  }

  /** Whether the rows are in device memory. */
  boolean isOnDevice() {
    return onDevice;
  }

  /** The rows on the host. */
  HostRows source() {
    return rows;
  }

  @Override
  public long rows() {
    return rows.rows();
  }

  @Override
  public int columns() {
    return rows.columns();
  }

  @Override
  public long bytes() {
    DeviceBuffer memory = buffer;
    return memory == null ? 0 : memory.byteSize();
  }

  @Override
  public void release() {
    DeviceBuffer memory = buffer;
    buffer = null;
    if (memory != null) {
      engine.free(memory);
    }
  }
}
