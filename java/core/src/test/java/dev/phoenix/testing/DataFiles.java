package dev.phoenix.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Files of real interactions, which their licences keep out of the repository: {@code
 * -Dphoenix.data=DIR} says where they are. A test that asks for one without that is skipped.
 */
public final class DataFiles {
  private DataFiles() {}

  /** The file {@code name}; ends the test as skipped where no folder is named. */
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
