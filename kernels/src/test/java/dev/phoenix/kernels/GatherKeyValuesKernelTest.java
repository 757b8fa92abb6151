package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.check.DeviceBench;
import dev.phoenix.kernels.check.Workbench;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatherKeyValuesKernelTest {
  private static final AttentionHeads HEADS = new AttentionHeads(1, 1, 8, 1);

  private static KeptHistoryTable table(DeviceMemory kept, int first, int count) {
    var to = new KeptHistoryTable.Place(kept, 4, 0);
    var from = new KeptHistoryTable.Place(kept, 4, first);
    return new KeptHistoryTable(HEADS, List.of(new KeptHistoryTable.Entry(to, from, count)));
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void namesRowsOutsideOfWhatIsKept(String device) {
    try (DeviceBench on = DeviceBench.open(device)) {
      DeviceMemory kept = on.bench().empty(ElementType.BF16, HEADS.keptElements(4));
      var behind = assertThrows(IllegalArgumentException.class, () -> table(kept, 2, 3));
      assertEquals("from: expected rows within 0 to 4, found 2 to 5", behind.getMessage());
      assertThrows(IllegalArgumentException.class, () -> table(kept, 0, 5));
      assertThrows(IllegalArgumentException.class, () -> table(kept.slice(0, 64), 0, 1));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void namesATableThatIsTooLarge(String device) {
    try (DeviceBench on = DeviceBench.open(device)) {
      Workbench bench = on.bench();
      KeptHistoryTable table = table(bench.empty(ElementType.BF16, HEADS.keptElements(4)), 2, 2);
      GatherKeyValuesKernel kernel = new GatherKeyValuesKernel(bench.library());
      DeviceMemory memory = bench.filled(KeptHistoryTable.byteSize(1));
      for (var placed :
          List.of(
              new KeptHistoryTable.Placed(memory, 0, 2),
              new KeptHistoryTable.Placed(memory, 1, 1),
              new KeptHistoryTable.Placed(memory, 2, 2),
              new KeptHistoryTable.Placed(memory.slice(8, 24), 1, 2))) {
        assertThrows(
            IllegalArgumentException.class, () -> kernel.launch(bench.stream(), table, placed));
      }
    }
  }
}
