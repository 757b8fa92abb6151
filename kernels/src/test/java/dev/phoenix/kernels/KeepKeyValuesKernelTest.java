package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.check.DeviceBench;
import dev.phoenix.kernels.check.Workbench;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeepKeyValuesKernelTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void namesRowsWithoutRoomForKeysAndValues(String device) {
    try (DeviceBench on = DeviceBench.open(device)) {
      Workbench bench = on.bench();
      var kernel = new KeepKeyValuesKernel(bench.library(), new AttentionHeads(1, 1, 2, 1));
      var source =
          new KeepKeyValuesKernel.Source(bench.empty(ElementType.BF16, 8), new MatrixSize(2, 4), 1);
      DeviceMemory kept = bench.empty(ElementType.BF16, 8);
      assertThrows(
          IllegalArgumentException.class, () -> kernel.launch(bench.stream(), kept, source));
    }
  }
}
