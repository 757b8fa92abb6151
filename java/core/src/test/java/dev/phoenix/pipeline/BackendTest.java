package dev.phoenix.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.GpuOps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackendTest {
  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"CUDA", "EMULATED"})
  void aGpuRefusesFloat32RatherThanRoundInSilence(Backend backend) {
    String message =
        String.valueOf(
            assertThrows(BackendException.class, () -> backend.open(Precision.FLOAT32, 1))
                .getMessage());
    assertTrue(message.contains("bfloat16 only; use --precision bfloat16"), message);
    assertFalse(message.contains("\n"), "one line: " + message);
  }

  @Test
  void aBackendChoosesItsPrecision() {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    try (Ops cpu = Backend.CPU.open(null, 1);
        Ops emulated = Backend.EMULATED.open(null, 1)) {
      assertEquals(Precision.FLOAT32, cpu.precision());
      assertEquals(Precision.BFLOAT16, emulated.precision());
      assertEquals("emulated", emulated.name());
    }
  }

  @Test
  void autoTakesTheCpuForFloat32AndSaysWhy() {
    Backend.Choice choice = Backend.choose(Precision.FLOAT32);
    assertEquals(Backend.CPU, choice.backend());
    assertTrue(choice.reason().contains("float32"), choice.reason());
    try (Ops ops = Backend.AUTO.open(Precision.FLOAT32, 1)) {
      assertEquals("cpu", ops.name());
    }
  }

  @Test
  void whatAutoChoosesOpens() {
    Backend.Choice choice = Backend.choose(null);
    assertTrue(choice.backend() == Backend.CPU || choice.backend() == Backend.CUDA);
    assertFalse(choice.reason().isBlank());
    try (Ops ops = Backend.AUTO.open(null, 1)) {
      assertEquals(choice.backend().label(), ops.name());
    }
  }
}
