package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceException;
import dev.phoenix.lifecycle.LoopEndedException;
import dev.phoenix.serving.Demo;
import dev.phoenix.testing.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests how a process ends that cannot go on. */
@Timeout(120)
class FatalErrorsTest {
  private final List<Integer> exits = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> stops = new ArrayList<>();
  private final FatalErrors handler = new FatalErrors(stops::add, exits::add);

  @Test
  void aProcessWithoutMemoryEndsAtOnce() {
    handler.uncaughtException(Thread.currentThread(), new OutOfMemoryError("made to fail"));
    handler.uncaughtException(
        Thread.currentThread(),
        new LoopEndedException("a loop", new OutOfMemoryError("made to fail")));
    assertEquals(List.of(70, 70), exits);
    assertEquals(List.of(), stops);
  }

  @Test
  void aLoopThatEndsStopsTheServerAndOtherThreadsDoNot() {
    LoopEndedException ended = new LoopEndedException("a loop", new IllegalStateException("why"));
    handler.uncaughtException(Thread.currentThread(), new StackOverflowError());
    handler.uncaughtException(Thread.currentThread(), new IllegalStateException("another thread"));
    handler.uncaughtException(Thread.currentThread(), ended);
    assertEquals(List.of(ended), stops);
    assertEquals(List.of(), exits);
  }

  @Test
  void aServerThatLosesItsDeviceIsNotReadyDrainsAndExits() {
    Settings settings =
        Settings.resolve(
            null,
            Map.of(),
            Map.of(
                Setting.GRPC_PORT, "0",
                Setting.HTTP_PORT, "0",
                Setting.BACKEND, "cpu",
                Setting.THREADS, "1",
                Setting.LAME_DUCK_SECONDS, "0",
                Setting.DRAIN_SECONDS, "5"));
    try (PhoenixServer server =
        PhoenixServer.start(ServerConfig.of(settings, Demo.ARTIFACTS.directory()), exits::add)) {
      server.load();
      assertTrue(server.isReady());
      server.fail(new DeviceException("cuStreamSynchronize()", "CUDA_ERROR_ILLEGAL_ADDRESS", ""));
      server.fail(new IllegalStateException("a second failure changes nothing"));
      Await.until("the exit", () -> !exits.isEmpty());
      assertFalse(server.isReady());
      assertTrue(server.isStopping());
      assertEquals(List.of(70), exits);
    }
  }
}
