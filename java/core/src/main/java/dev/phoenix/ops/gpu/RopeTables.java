package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.kernels.RopeKernel;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.RowLayout;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tables of the rotations of all positions used so far, by head size. */
final class RopeTables implements AutoCloseable {
  private static final int FEWEST = 512;

  private final Engine engine;
  private final Map<Integer, Entry> entries = new HashMap<>();

  private record Entry(Closer owner, DeviceBuffer buffer, int positions) {}

  RopeTables(Engine engine) {
    this.engine = engine;
  }

  /** A table that covers every position of {@code rows}. */
  RopeKernel.Table covering(RowLayout rows, int headSize) {
    int last = 0;
    for (int row = 0; row < rows.rows(); row++) {
      last = Math.max(last, rows.position(row));
    }
    Entry entry = entries.get(headSize);
    if (entry == null || entry.positions() <= last) {
      if (entry != null) {
        entries.remove(headSize);
        entry.owner().close();
      }
      entry = create(Math.max(FEWEST, Integer.highestOneBit(last) * 2), headSize);
      entries.put(headSize, entry);
    }
    return new RopeKernel.Table(entry.buffer(), entry.positions());
  }

  private Entry create(int positions, int headSize) {
    float[] turns = RopeKernel.table(positions, headSize);
    return Closer.open(
        owner -> {
          DeviceBuffer buffer = engine.allocate(owner, (long) turns.length * Float.BYTES);
          engine.upload(buffer, MemorySegment.ofArray(turns));
          return new Entry(owner, buffer, positions);
        });
  }

  @Override
  public void close() {
    List<Closer> owners = entries.values().stream().map(Entry::owner).toList();
    entries.clear();
    Closer.closeAll(owners);
  }
}
