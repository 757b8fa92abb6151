package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.ops.RowLayout;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The layouts of rows on the device: each is staged once between two runs, as long as it stays. */
final class Layouts {
  /** Twice what all parts of a layout take: room for those of a second one of this size. */
  private static final int BYTES_PER_ROW = 16;

  private static final int BYTES_PER_REQUEST = 16;
  private static final int PART_SLACK = 4096;

  private final Engine engine;
  private final Map<RowLayout, Staged> staged = new HashMap<>();

  /** A layout on the device; parts come when they are asked for. */
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

    /** The requests, rounded up: those added are empty. */
    int requests() {
      return RowBuckets.requests(layout.requests());
    }

    /** The rows, rounded up. */
    int rows() {
      return RowBuckets.rows(layout.rows());
    }

    /** The rows of the longest request, rounded up. */
    int longest() {
      int longest = 0;
      for (int request = 0; request < layout.requests(); request++) {
        longest = Math.max(longest, layout.length(request));
      }
      return RowBuckets.rows(longest);
    }

    /** [requests + 1] int32. */
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

    /** [rows] int32. */
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

    /** [rows] bytes. */
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
   * {@code layout} as it is now. Nothing is staged yet that was not before, so whoever needs parts
   * of two layouts asks for both first.
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
