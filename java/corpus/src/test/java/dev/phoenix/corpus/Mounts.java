package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Small file systems in memory, where this process may mount them. */
final class Mounts {
  private Mounts() {}

  /** Mounts one; the test is skipped if that is not allowed. */
  static void assumeMounted(Path at, long bytes) throws InterruptedException {
    String[] command = {"mount", "-t", "tmpfs", "-o", "size=" + bytes, "none", at.toString()};
    try {
      Assumptions.assumeTrue(
          run(command) == 0, "this process may not mount a file system of its own");
    } catch (IOException none) {
      Assumptions.abort("there is no program to mount a file system: " + none);
    }
  }

  static void unmount(Path at) throws IOException, InterruptedException {
    assertEquals(0, run("umount", "-l", at.toString()));
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
