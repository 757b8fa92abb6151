package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.kernels.GatherKeyValuesKernel;
import dev.phoenix.kernels.KeptHistoryTable;
import dev.phoenix.ops.KeptHistory;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies kept histories of several batches into one batch, with one staged table and one kernel
 * launch.
 */
final class KeptHistoryWork {
  private final Engine engine;
  private final GatherKeyValuesKernel gather;

  KeptHistoryWork(Engine engine) {
    this.engine = engine;
    this.gather = new GatherKeyValuesKernel(engine.library());
  }

  /**
   * Copies the histories {@code from} to {@code to} and waits for the copy. The sources may belong
   * to another lane and may be overwritten or freed once this returns.
   *
   * <p>Commands recorded before run as a separate list. Otherwise every combination of encoder
   * sizes and copy sizes would need its own graph. The table holds the source addresses, so one
   * graph serves all histories of the same sizes.
   */
  void copy(GpuKeyValues to, List<KeptHistory> from) {
    for (KeptHistory kept : from) {
      to.requireSameModel(GpuKeyValues.of(kept.keyValues()));
    }
    engine.run();
    to.layAs(from);
    KeptHistoryTable table = table(to, from);
    if (table.count() == 0) {
      return;
    }
    int count = to.layers() * RowBuckets.requests(from.size());
    Staging.Slot slot = engine.stage(KeptHistoryTable.byteSize(count));
    table.write(slot.host());
    gather.launch(
        engine.recorder(),
        table,
        new KeptHistoryTable.Placed(slot.device(), count, RowBuckets.rows(table.longest())));
    engine.run();
  }

  /** Lists the copies and allocates memory in {@code to}. */
  private static KeptHistoryTable table(GpuKeyValues to, List<KeptHistory> from) {
    List<KeptHistoryTable.Entry> entries = new ArrayList<>();
    for (int layer = 0; layer < to.layers(); layer++) {
      DeviceBuffer room = to.prepare(layer);
      for (int request = 0; request < from.size(); request++) {
        KeptHistory kept = from.get(request);
        if (kept.length() > 0) {
          GpuKeyValues source = GpuKeyValues.of(kept.keyValues());
          int first = source.history().begin(kept.request());
          entries.add(
              new KeptHistoryTable.Entry(
                  new KeptHistoryTable.Place(room, to.rows(), to.history().begin(request)),
                  new KeptHistoryTable.Place(source.kept(layer), source.rows(), first),
                  kept.length()));
        }
      }
    }
    return new KeptHistoryTable(to.kernels().heads(), entries);
  }
}
