package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.check.DeviceBench;
import dev.phoenix.kernels.check.Workbench;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormKernelTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void namesWhatDoesNotFit(String device) {
    try (DeviceBench on = DeviceBench.open(device)) {
      Workbench bench = on.bench();
      RmsNormKernel kernel = new RmsNormKernel(bench.library());
      var operands =
          new RmsNormKernel.Operands(
              bench.empty(ElementType.BF16, 16),
              bench.empty(ElementType.BF16, 15),
              bench.empty(ElementType.F32, 8));
      var found =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernel.launch(bench.stream(), operands, new MatrixSize(2, 8)));
      assertTrue(
          String.valueOf(found.getMessage())
              .contains("x: expected BF16[2, 8] = 32 bytes, found 30"));
      assertThrows(
          IllegalArgumentException.class,
          () -> kernel.launch(bench.stream(), operands, new MatrixSize(1, 8193)));
    }
  }
}
