package dev.phoenix.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.testing.GoldenFiles;
import dev.phoenix.testing.RepositoryFiles;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every golden case on the emulated device, within the bounds of a bfloat16 backend. */
class EmulatedParityTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"ranker_mini", "ranker_gqa", "retrieval_mlp", "retrieval_meanpool", "pipeline"})
  void everyTensorIsWithinItsBoundOnAGpu(String name) {
    check(name, Backend.CUDA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ranker_mini", "ranker_gqa", "retrieval_mlp", "retrieval_meanpool", "pipeline"})
  void everyTensorIsWithinItsBound(String name) {
    check(name, Backend.EMULATED);
  }

  private static void check(String name, Backend backend) {
    List<GoldenCase> cases =
        GoldenCase.find(GoldenFiles.path("."), RepositoryFiles.path("checkpoints/demo"));
    GoldenCase golden =
        cases.stream().filter(found -> found.name().equals(name)).findFirst().orElseThrow();
    // The emulated device faults when it is closed with memory still live.
    try (Ops ops = backend.create(2)) {
      for (TensorCheck check : golden.run(ops)) {
        assertTrue(check.passed(), () -> name + ": the first tensor that departs: " + check);
      }
    }
  }
}
