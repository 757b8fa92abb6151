package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelLibraryTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void namesWhatToInstallWhereAKernelIsMissing(String device) {
    try (Workbench bench = Workbench.on(device)) {
      var found =
          assertThrows(
              MissingKernelException.class, () -> bench.library().kernel("no_such", "no_such"));
      assertTrue(String.valueOf(found.getMessage()).contains("Install the CUDA toolkit"));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void refusesUseAfterClose(String device) {
    try (Workbench bench = Workbench.on(device)) {
      KernelLibrary library = KernelLibrary.create(bench.library().device());
      library.kernel("silu", "silu");
      library.close();
      library.close();
      assertThrows(IllegalStateException.class, () -> library.kernel("silu", "silu"));
    }
  }
}
