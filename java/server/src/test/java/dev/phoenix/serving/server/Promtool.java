package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Prometheus' own checks, where the program promtool is on the path.
 *
 * @param exitCode 0 if nothing is wrong
 * @param said what it printed
 */
record Promtool(int exitCode, String said) {
  private static Optional<Path> found() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs it with a file as its standard input; skips the test where there is none. */
  static Promtool run(Path input, String... arguments) throws IOException, InterruptedException {
    Optional<Path> program = found();
    assumeTrue(program.isPresent(), "no promtool on the path");
    List<String> command = new ArrayList<>(List.of(program.orElseThrow().toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectInput(input.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Promtool(process.waitFor(), said);
  }
}
