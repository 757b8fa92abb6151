package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.ops.RowLayout;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Row layouts on the device. Each is staged at most once between two runs unless it changes. */
final class Layouts {
  /** Twice the bytes of all parts of a layout, so that a second layout of this size fits too. */
  private static final int BYTES_PER_ROW = 16;

  private static final int BYTES_PER_REQUEST = 16;
  private static final int PART_SLACK = 4096;

  private final Engine engine;
  private final Map<RowLayout, Staged> staged = new HashMap<>();

  /** A layout on the device; its parts are staged on first use. */
  final class Staged {
    private final RowLayout layout;
    private final int version;
    private @Nullable DeviceMemory offsets;
    private @Nullable DeviceMemory positions;
    private @Nullable DeviceMemory seesItself;

    private Staged(RowLayout layout) {
      this.layout = layout;
      this.version = layout.version();
    }

    /** The number of requests, rounded up; the added requests are empty. */
    int requests() {
      return RowBuckets.requests(layout.requests());
    }

    /** The number of rows, rounded up. */
    int rows() {
      return RowBuckets.rows(layout.rows());
    }

    /** The number of rows of the longest request, rounded up. */
    int longest() {
      int longest = 0;
      for (int request = 0; request < layout.requests(); request++) {
        longest = Math.max(longest, layout.length(request));
      }
      return RowBuckets.rows(longest);
    }

    /** First row of every request, and the row count: [requests + 1] int32. */
    DeviceMemory offsets() {
      DeviceMemory memory = offsets;
      if (memory == null) {
        int[] values = new int[layout.requests() + 1];
        for (int request = 0; request < values.length; request++) {
          values[request] = layout.begin(request);
        }
        memory = engine.stageIntegers(values, values.length, requests() + 1, layout.rows());
        offsets = memory;
      }
      return memory;
    }

    /** Positions [rows] int32. */
    DeviceMemory positions() {
      DeviceMemory memory = positions;
      if (memory == null) {
        int[] values = new int[layout.rows()];
        java.util.Arrays.setAll(values, layout::position);
        memory = engine.stageIntegers(values, values.length, rows(), 0);
        positions = memory;
      }
      return memory;
    }

    /** 1 where a row attends to its own key, else 0: [rows] bytes. */
    DeviceMemory seesItself() {
      DeviceMemory memory = seesItself;
      if (memory == null) {
        Staging.Slot slot = engine.stage(rows());
        slot.host().fill((byte) 0);
        for (int row = 0; row < layout.rows(); row++) {
          slot.host().set(ValueLayout.JAVA_BYTE, row, (byte) (layout.seesItself(row) ? 1 : 0));
        }
        memory = slot.device();
        seesItself = memory;
      }
      return memory;
    }
  }

  Layouts(Engine engine) {
    this.engine = engine;
    engine.onRun(staged::clear);
  }

  /**
   * The current version of {@code layout}, whose parts are not staged yet. A caller that needs
   * parts of two layouts must get both before it uses parts, because this call may cause a run.
   */
  Staged of(RowLayout layout) {
    engine.reserve(
        PART_SLACK
            + (long) RowBuckets.rows(layout.rows()) * BYTES_PER_ROW
            + (long) RowBuckets.requests(layout.requests()) * BYTES_PER_REQUEST);
    Staged known = staged.get(layout);
    if (known == null || known.version != layout.version()) {
      known = new Staged(layout);
      staged.put(layout, known);
    }
    return known;
  }
}
