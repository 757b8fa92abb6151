package dev.phoenix.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Files of real interactions, whose licences do not allow copies in the repository. {@code
 * -Dphoenix.data=DIR} names their folder; without it, tests that need them are skipped.
 */
public final class DataFiles {
  private DataFiles() {}

  /** The file {@code name}; skips the test if no folder is configured. */
  public static Path require(String name) {
    String folder = System.getProperty("phoenix.data");
    Assumptions.assumeTrue(
        folder != null, "needs real data: pass -Dphoenix.data=DIR with the file " + name);
    Path file = Path.of(String.valueOf(folder)).resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("-Dphoenix.data: expected the file " + file);
    }
    return file;
  }
}
