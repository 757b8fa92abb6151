package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.check.DeviceBench;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelLibraryTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void namesWhatToInstallWhereAKernelIsMissing(String device) {
    try (DeviceBench on = DeviceBench.open(device)) {
      var found =
          assertThrows(
              MissingKernelException.class,
              () -> on.bench().library().kernel("no_such", "no_such"));
      assertTrue(String.valueOf(found.getMessage()).contains("Install the CUDA toolkit"));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.check.DeviceBench#devices")
  void refusesUseAfterClose(String device) {
    try (DeviceBench on = DeviceBench.open(device)) {
      KernelLibrary library = KernelLibrary.create(on.bench().library().device());
      library.kernel("silu", "silu");
      library.close();
      library.close();
      assertThrows(IllegalStateException.class, () -> library.kernel("silu", "silu"));
    }
  }
}
