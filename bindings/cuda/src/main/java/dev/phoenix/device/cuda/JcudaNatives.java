package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.driver.JCudaDriver;

/**
 * Loads JCuda's native library, once.
 *
 * <p>JCuda unpacks the library into {@code java.io.tmpdir} under a fixed name and reuses a file
 * that already exists there, even one that another process has not finished writing or that another
 * user planted. So while loading, that property names a temporary folder that only this user can
 * write.
 */
final class JcudaNatives {
  private static final String FOLDER_PROPERTY = "java.io.tmpdir";

  private JcudaNatives() {}

  /**
   * Loads the library, unless it is loaded.
   *
   * @throws DeviceException when it is missing or cannot be unpacked
   */
  static void load() {
    String before = System.getProperty(FOLDER_PROPERTY, "");
    try {
      Path folder = Files.createTempDirectory("phoenix-jcuda-");
      System.setProperty(FOLDER_PROPERTY, folder.toString());
      try {
        // Any call works: initialising the class loads the library.
        JCudaDriver.setExceptionsEnabled(false);
      } finally {
        System.setProperty(FOLDER_PROPERTY, before);
        delete(folder);
      }
    } catch (IOException | LinkageError e) {
      throw missing(before, e);
    }
  }

  /** Deletes a folder of files. A loaded library no longer needs its file. */
  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static DeviceException missing(String folder, Throwable cause) {
    return new DeviceException(
        "loading libJCudaDriver",
        "NO_JCUDA_NATIVES",
        "It is unpacked from jcuda-natives-*-linux-x86_64.jar, which must be on the class path,"
            + " into a folder in java.io.tmpdir ("
            + folder
            + "), which must be writable and not mounted noexec.",
        cause);
  }
}
