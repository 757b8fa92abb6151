package dev.phoenix.ops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.DeviceException;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the placement of embedding tables, which must not affect the gathered values. */
class GpuRowTableTest {
  private static final long MEGABYTE = 1 << 20;
  private static final int COLUMNS = 64;
  private static final int ROWS = 5000;
  private static final long TABLE_BYTES = (long) (ROWS + 3) * COLUMNS * Float.BYTES;

  private final float[] values = new float[ROWS * COLUMNS];

  @BeforeEach
  void fill() {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
  }

  private HostRows rows() {
    return HostRows.of(3, COLUMNS, List.of(MemorySegment.ofArray(values)));
  }

  /** Operations on an emulated GPU with {@code memoryBytes} of memory. */
  private static GpuOps ops(long memoryBytes, TablePlacement placement) {
    EmulatorOptions strict = EmulatorOptions.strict();
    EmulatorOptions options =
        new EmulatorOptions(strict.checks(), strict.workers(), strict.branchBudget(), memoryBytes);
    return GpuOps.create(
        "emulated", EmulatedDevice.create(options), KernelLibrary.Form.PTX, placement);
  }

  @ParameterizedTest
  @EnumSource(TablePlacement.class)
  void rowsAreTheSameWhereverTheyLie(TablePlacement placement) {
    try (GpuOps ops = ops(64 * MEGABYTE, placement);
        Scope scope = Scope.create("tables")) {
      long before = ops.liveBytes();
      GpuRowTable table = GpuRowTable.of(ops.rowTable(scope, rows()));
      assertEquals(placement != TablePlacement.HOST, table.isOnDevice());
      assertEquals(TABLE_BYTES, ops.liveBytes() - before);
      assertEquals(TABLE_BYTES, scope.liveBytes());
      Tensor out = ops.tensor(scope, "rows", new Shape(20, 2 * COLUMNS));
      ops.gather(out, table, (row, part) -> part == 0 ? row : ROWS + 2 - row);
      float[] expected = new float[20 * 2 * COLUMNS];
      for (int row = 0; row < 20; row++) {
        for (int d = 0; d < COLUMNS; d++) {
          expected[row * 2 * COLUMNS + d] = row < 3 ? 0 : (row - 3) * COLUMNS + d;
          expected[(row * 2 + 1) * COLUMNS + d] = (ROWS - 1 - row) * COLUMNS + d;
        }
      }
      Closeness.assertSame("gathered", expected, out.toArray());
    }
  }

  /** The table takes 1.28 MB: more than half of the free part of 3 MB, less than half of 16 MB. */
  @Test
  void aTableThatTakesMoreThanHalfOfTheFreeMemoryStaysOnTheHost() {
    for (long memory : new long[] {3 * MEGABYTE, 16 * MEGABYTE}) {
      try (GpuOps ops = ops(memory, TablePlacement.AUTO);
          Scope scope = Scope.create("tables")) {
        GpuRowTable table = GpuRowTable.of(ops.rowTable(scope, rows()));
        assertEquals(memory == 16 * MEGABYTE, table.isOnDevice(), memory + " bytes");
      }
    }
    assertTrue(TablePlacement.AUTO.isOnDevice(50, 100));
    assertFalse(TablePlacement.AUTO.isOnDevice(51, 100));
  }

  @Test
  void aTableThatWasAskedForOnTheDeviceAndDoesNotFitIsAnError() {
    try (GpuOps ops = ops(2 * MEGABYTE, TablePlacement.DEVICE);
        Scope scope = Scope.create("tables")) {
      var full = assertThrows(DeviceException.class, () -> ops.rowTable(scope, rows()));
      assertEquals("OUT_OF_MEMORY", full.error());
    }
  }
}
