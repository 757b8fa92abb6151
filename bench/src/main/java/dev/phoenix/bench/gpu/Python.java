package dev.phoenix.bench.gpu;

import dev.phoenix.bench.BoundedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds a Python that has PyTorch. */
final class Python {
  private static final long SECONDS = 60;

  /** Usual paths of an interpreter below a folder of /opt. */
  private static final List<String> IN_A_FOLDER =
      List.of(".venv/bin/python3", "venv/bin/python3", "bin/python3");

  private Python() {}

  /**
   * The first interpreter that can import torch: {@code chosen}, or else those of the environment
   * and those in the usual folders of container images.
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
    String environment = System.getenv("VIRTUAL_ENV");
    if (environment != null && !environment.isBlank()) {
      all.add(Path.of(environment, "bin/python3"));
    }
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "/usr/local/bin:/usr/bin:/bin" : path).split(":")) {
      all.add(Path.of(folder, "python3"));
    }
    Path images = Path.of("/opt");
    if (Files.isDirectory(images)) {
      try (Stream<Path> folders = Files.list(images)) {
        folders
            .sorted()
            .forEach(folder -> IN_A_FOLDER.forEach(inside -> all.add(folder.resolve(inside))));
      } catch (IOException e) {
        throw new UncheckedIOException("looking for a Python in /opt", e);
      }
    }
    return all.stream().distinct().filter(Files::isExecutable).toList();
  }

  private static boolean imports(Path python) {
    try {
      return BoundedProcess.run(
              new ProcessBuilder(python.toString(), "-c", "import torch")
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD),
              Duration.ofSeconds(SECONDS))
          .equals(OptionalInt.of(0));
    } catch (IOException e) {
      return false;
    }
  }
}
