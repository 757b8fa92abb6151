package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests what failed batches say of an engine. */
class BatchHealthTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  @Test
  void batchesThatFailInARowAreToldFromOneThatFails() {
    BatchHealth health = new BatchHealth(now::get);
    List<Throwable> lost = new ArrayList<>();
    int[] changes = new int[1];
    health.whenLost(lost::add);
    health.whenChanged(() -> changes[0]++);
    for (int i = 1; i < BatchHealth.FAILURES; i++) {
      health.failed(new IllegalStateException("made to fail"));
      assertTrue(health.isHealthy());
    }
    health.failed(new IllegalStateException("made to fail"));
    assertFalse(health.isHealthy());
    assertEquals(1, changes[0]);
    now.addAndGet(BatchHealth.RETRY.toNanos());
    assertTrue(health.isHealthy(), "it may be tried again");
    health.failed(new IllegalStateException("made to fail"));
    assertFalse(health.isHealthy());
    health.succeeded();
    assertTrue(health.isHealthy());
    assertEquals(List.of(), lost);
  }

  @Test
  void aDeviceIsLostByAStickyErrorOrByFailuresInARow() {
    for (String error : List.of("CUDA_ERROR_ILLEGAL_ADDRESS", "CUDA_ERROR_OUT_OF_MEMORY")) {
      BatchHealth health = new BatchHealth(now::get);
      List<Throwable> lost = new ArrayList<>();
      health.whenLost(lost::add);
      DeviceException ofDevice = new DeviceException("cuStreamSynchronize()", error, "");
      RuntimeException failure = new IllegalStateException("a pass failed", ofDevice);
      int needed = ofDevice.losesDevice() ? 1 : BatchHealth.DEVICE_FAILURES;
      for (int i = 1; i < needed; i++) {
        health.failed(failure);
        assertTrue(health.isHealthy());
        health.succeeded();
        health.failed(failure);
      }
      health.failed(failure);
      health.failed(failure);
      assertFalse(health.isHealthy(), error);
      assertEquals(List.of(failure), lost, "told once");
      health.succeeded();
      now.addAndGet(BatchHealth.RETRY.toNanos());
      assertFalse(health.isHealthy(), "a lost device stays lost");
    }
  }
}
