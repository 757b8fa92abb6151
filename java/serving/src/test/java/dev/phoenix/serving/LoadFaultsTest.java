package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.testing.FaultSweep;
import dev.phoenix.testing.Seeds;
import dev.phoenix.testing.SmallArtifacts;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For each allocation, stream, module or plan that fails while an engine loads and warms up a
 * model, nothing stays on the device and the error names the failed call.
 */
class LoadFaultsTest {
  private final Random random = Seeds.random("load faults");

  @TempDir Path folder = Path.of("");

  @Test
  void load() {
    assumeTrue(GpuOps.hasKernels(), "this build has no kernels");
    Artifacts artifacts = SmallArtifacts.write(folder, random);
    long faults =
        FaultSweep.overAll(
            device -> {
              try (ServingEngine engine =
                  ServingEngine.create(
                      Demo.options(1, 1 << 20),
                      RequestLimits.DEFAULT,
                      () -> GpuOps.create("emulated", device, Form.PTX),
                      EngineMetrics.NONE)) {
                engine.load(artifacts);
                assertNotNull(engine.model());
              }
            });
    assertTrue(faults > 60, "only " + faults + " faults");
  }
}
