package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After the warm-up, no batch of any size prepares graphs or allocates. */
class WarmUpTest {
  private static final int BATCH = 3;

  private final Random random = Seeds.random("warm-up");

  private List<UserHistory> users(int count) {
    List<UserHistory> users = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      users.add(UserHistory.of(Demo.user(random, 64)));
    }
    return users;
  }

  private static void serve(ModelVersion version, List<UserHistory> users, EngineMetrics metrics) {
    List<PendingRequest> batch =
        users.stream()
            .map(user -> Demo.patient(user, new Task.Recommend(64)))
            .map(
                request ->
                    new PendingRequest(
                        request, PendingRequest.NO_PEER, null, Ticker.SYSTEM, _ -> {}))
            .toList();
    version.lane(0).run(version.info(), batch, metrics);
    for (PendingRequest each : batch) {
      assertEquals(64, each.answer().join().posts().count());
    }
  }

  /** With one or two lanes, with and without kept histories. */
  @ParameterizedTest
  @CsvSource({"EMULATED, 1, 100000000", "EMULATED, 2, 0", "CUDA, 2, 100000000"})
  void everyBatchSizeReplaysWhatWasPrepared(Backend backend, int lanes, long keptBytes) {
    assumeTrue(Backend.available().contains(backend), "no " + backend);
    CountedMetrics metrics = new CountedMetrics();
    var layout =
        new ModelVersion.Layout(
            lanes, keptBytes, ServingRules.DEFAULT, metrics, new FixedCorpora());
    ModelVersion version = ModelVersion.open("1", Demo.ARTIFACTS, () -> backend.create(1), layout);
    try {
      new WarmUp(version, BATCH, () -> false).run();
      assertEquals(0, metrics.keptBytes(), "what the warm-up kept");
      GpuOps ops = (GpuOps) version.lane(0).ops();
      long prepared = ops.graphsPrepared();
      long live = ops.liveBytes();
      for (int size = 1; size <= BATCH; size++) {
        List<UserHistory> fresh = users(size);
        serve(version, fresh, metrics);
        serve(version, fresh, metrics);
        List<UserHistory> mixed = users(size);
        mixed.set(0, fresh.getFirst());
        serve(version, mixed, metrics);
      }
      assertEquals(prepared, ops.graphsPrepared(), "lists of work that were no graphs yet");
      if (keptBytes == 0) {
        assertEquals(live, ops.liveBytes(), "bytes on the device");
      }
    } finally {
      version.release(Runnable::run);
    }
  }

  @Test
  void aSizeStandsForAllThatAreRoundedUpAlike() {
    ModelConfig config = ModelConfig.read(Demo.ARTIFACTS.model("ranker").resolve("config.json"));
    try (Ops cpu = Backend.CPU_FLOAT32.create(1)) {
      assertEquals(List.of(1, 2, 4, 6), WarmUp.sizes(cpu, config, 6));
    }
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    try (Ops device = Backend.EMULATED.create(1)) {
      assertEquals(List.of(1, 2, 3, 4, 5, 6), WarmUp.sizes(device, config, 6));
      List<Integer> many = WarmUp.sizes(device, config, 512);
      assertEquals(512, many.getLast());
      assertTrue(many.size() < 80, many.size() + " sizes");
      for (int size = 1; size <= 512; size++) {
        int wanted = size;
        int stands = many.stream().filter(each -> each >= wanted).findFirst().orElse(0);
        assertEquals(device.capacityFor(wanted * 65), device.capacityFor(stands * 65));
      }
    }
  }
}
