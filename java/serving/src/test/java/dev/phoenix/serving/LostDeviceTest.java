package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import dev.phoenix.testing.SmallArtifacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests an engine whose device fails while it serves. */
@Timeout(300)
class LostDeviceTest {
  private final Random random = Seeds.random("lost device");
  private final LosableDevice device =
      new LosableDevice(
          EmulatedDevice.create(
              EmulatorOptions.strict().withChecks(EmulatorOptions.Checks.NONE).withWorkers(1)));
  private final List<Throwable> lost = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path folder = Path.of("");

  private ServingEngine engine() {
    assumeTrue(GpuOps.hasKernels(), "this build has no kernels");
    ServingEngine engine =
        ServingEngine.create(
            Demo.options(2, 1 << 20),
            RequestLimits.DEFAULT,
            () -> GpuOps.create("emulated", device.device(), Form.PTX),
            EngineMetrics.NONE);
    engine.load(SmallArtifacts.write(folder, random));
    engine.whenDeviceIsLost(lost::add);
    return engine;
  }

  private void ask(ServingEngine engine) {
    UserHistory user = UserHistory.of(SmallArtifacts.user(random, 4));
    var _ = engine.submit(Demo.patient(user, new Task.Recommend(3))).answer().join();
  }

  @Test
  void aStickyErrorLosesTheDeviceAtOnce() {
    try (ServingEngine engine = engine()) {
      ask(engine);
      device.fail("CUDA_ERROR_ILLEGAL_ADDRESS");
      assertThrows(CompletionException.class, () -> ask(engine));
      Await.until("the loss", () -> lost.size() == 1);
      assertFalse(engine.isHealthy());
      device.fail("");
    }
  }

  @Test
  void anyErrorOfTheDeviceInARowLosesIt() {
    try (ServingEngine engine = engine()) {
      ask(engine);
      assertTrue(engine.isHealthy());
      device.fail("CUDA_ERROR_NOT_READY");
      for (int i = 0; i < BatchHealth.DEVICE_FAILURES; i++) {
        assertThrows(CompletionException.class, () -> ask(engine));
      }
      Await.until("the loss", () -> lost.size() == 1);
      assertFalse(engine.isHealthy());
      device.fail("");
    }
  }
}
