package dev.phoenix.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.DatasetException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that one training at a time writes to a folder. */
@Timeout(120)
class FolderLockTest {
  @TempDir Path folder;

  private static void write(Path to, String who) {
    try {
      for (int i = 0; i < 5; i++) {
        Files.writeString(to.resolve("f" + i), who);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void twoThreadsDoNotMixTheirExports() throws IOException, InterruptedException {
    for (int pair = 0; pair < 50; pair++) {
      RunFolder run = new RunFolder(folder.resolve("run-" + pair), "ranker");
      run.prepare();
      run.replaceExport(begun -> write(begun, "first"));
      AtomicInteger exports = new AtomicInteger();
      AtomicReference<@Nullable Throwable> wrong = new AtomicReference<>();
      List<Thread> threads = new ArrayList<>();
      for (String who : List.of("one", "two")) {
        threads.add(Thread.ofPlatform().start(() -> export(run, who, exports, wrong)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(null, wrong.get(), "only the lock may refuse");
      assertTrue(exports.get() > 0);
      Set<String> found = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        found.add(Files.readString(run.export().resolve("f" + i)));
      }
      assertEquals(1, found.size(), () -> "an export has files of " + found);
    }
  }

  private static void export(
      RunFolder run,
      String who,
      AtomicInteger exports,
      AtomicReference<@Nullable Throwable> wrong) {
    for (int i = 0; i < 3; i++) {
      try {
        run.replaceExport(begun -> write(begun, who));
        exports.incrementAndGet();
      } catch (DatasetException refused) {
        if (!String.valueOf(refused.getMessage()).contains("is in use by another training")) {
          wrong.set(refused);
        }
      } catch (RuntimeException | Error failed) {
        wrong.set(failed);
      }
    }
  }

  @Test
  void theHolderMayTakeItAgainAndOthersAreToldWhoHasIt() throws InterruptedException {
    AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();
    try (FolderLock outer = FolderLock.take(folder)) {
      try (FolderLock inner = FolderLock.take(folder)) {
        assertEquals(outer, inner);
      }
      Thread.ofPlatform()
          .start(
              () ->
                  refused.set(
                      assertThrows(DatasetException.class, () -> FolderLock.take(folder).close())))
          .join();
    }
    String message = String.valueOf(refused.get());
    assertTrue(message.contains(folder.getFileName().toString()), message);
    assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
    assertFalse(message.contains("\n"), message);
    FolderLock.take(folder).close();
  }

  @Test
  void anotherProcessIsRefusedUntilTheHolderEnds() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = child.inputReader()) {
      assertEquals("held", out.readLine());
      DatasetException refused =
          assertThrows(DatasetException.class, () -> new RunFolder(folder, "retrieval").prepare());
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("process " + child.pid()), message);
      assertTrue(message.contains(folder.getFileName().toString()), message);
    } finally {
      child.destroyForcibly();
    }
    child.waitFor();
    new RunFolder(folder, "retrieval").prepare();
    assertTrue(Files.isDirectory(folder.resolve("training")));
  }

  /** A process that has the lock until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (FolderLock _ = FolderLock.take(Path.of(arguments[0]))) {
        System.out.println("held");
        new CountDownLatch(1).await();
      }
    }
  }
}
