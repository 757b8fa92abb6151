package dev.phoenix.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds files of the repository from the folder of any module. */
public final class RepositoryFiles {
  private static final String MARK = "checkpoints/demo";

  private static final Path ROOT = root(Path.of(System.getProperty("basedir", ".")));

  private RepositoryFiles() {}

  private static Path root(Path start) {
    for (Path at = start.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(MARK))) {
        return at;
      }
    }
    throw new IllegalStateException(
        "no folder above " + start.toAbsolutePath() + " has " + MARK + ": set -Dbasedir");
  }

  /** The file or folder with this path from the root of the repository. */
  public static Path path(String name) {
    return ROOT.resolve(name);
  }
}
