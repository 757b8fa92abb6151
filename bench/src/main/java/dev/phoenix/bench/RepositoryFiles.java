package dev.phoenix.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of the repository that benchmarks read: a checkpoint of the published size and the results.
 */
final class RepositoryFiles {
  private RepositoryFiles() {}

  /** The folder of a model of the published size: "ranker" or "retrieval". */
  static Path published(String model) {
    return find("checkpoints/src/test/resources/golden/pipeline").resolve(model);
  }

  /**
   * The path {@code name} in the working directory or the nearest parent that has it: Maven runs
   * tests in the module's directory, the launcher runs in the root.
   */
  static Path find(String name) {
    Path start = Path.of("").toAbsolutePath();
    for (Path directory = start; directory != null; directory = directory.getParent()) {
      Path found = directory.resolve(name);
      if (Files.exists(found)) {
        return found;
      }
    }
    throw new IllegalStateException(
        "no '%s' in %s or above it: run the benchmarks in the repository".formatted(name, start));
  }
}
