package dev.phoenix.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds a Python that has PyTorch. */
final class Python {
  private static final long SECONDS = 60;

  private Python() {}

  /**
   * The first that can import torch: the one asked for, that of the environment, those that images
   * usually have.
   */
  static Optional<Path> withTorch(@Nullable Path chosen) {
    for (Path candidate : chosen == null ? candidates() : List.of(chosen)) {
      if (imports(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static List<Path> candidates() {
    List<Path> all = new ArrayList<>();
    String asked = System.getenv("PHOENIX_PYTHON");
    if (asked != null && !asked.isBlank()) {
      all.add(Path.of(asked));
    }
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "/usr/local/bin:/usr/bin:/bin" : path).split(":")) {
      all.add(Path.of(folder, "python3"));
    }
    try (Stream<Path> folders = Files.list(Path.of("/opt"))) {
      folders.sorted().forEach(folder -> all.add(folder.resolve(".venv/bin/python3")));
    } catch (IOException e) {
      // There is no such folder, so nothing in it.
      all.add(Path.of("/opt/conda/bin/python3"));
    }
    return all.stream().filter(Files::isExecutable).toList();
  }

  private static boolean imports(Path python) {
    try {
      Process process =
          new ProcessBuilder(python.toString(), "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
