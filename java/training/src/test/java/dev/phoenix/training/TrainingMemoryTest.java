package dev.phoenix.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests the allocations of training steps. */
class TrainingMemoryTest {
  /**
   * The activations of a training step exceed 10 MB, and boxing the vectors of one loop over them
   * would add as much. The allowed allocations, about 80 kB, are descriptions of passes and work,
   * and a few vectors per thread.
   */
  private static final long BYTES_PER_STEP = 100_000;

  @Test
  void aWarmStepAllocatesLittle() throws IOException {
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingAllocationProbe.class.getName(),
                Long.toString(BYTES_PER_STEP))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(probe.getInputStream().readAllBytes(), UTF_8).strip();
    assertTrue(printed.matches("\\d+"), "the probe printed: " + printed);
    assertTrue(
        Long.parseLong(printed) <= BYTES_PER_STEP,
        () -> "a warm step of both trainers allocates " + printed + " bytes");
  }
}
