package dev.phoenix.testing;

import dev.phoenix.checkpoint.NpzFile;
import java.nio.file.Path;

/** The golden inputs and outputs in the module of the checkpoint readers. */
public final class GoldenFiles {
  private static final Path FOLDER = RepositoryFiles.path("checkpoints/src/test/resources/golden");

  private GoldenFiles() {}

  /** The file or directory of this name. */
  public static Path path(String name) {
    return FOLDER.resolve(name);
  }

  /** Opens the archive of this name. */
  public static NpzFile open(String name) {
    return NpzFile.open(path(name));
  }
}
