package dev.phoenix.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.RepositoryFiles;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A program of a few files in a folder of its own, with copies of the jars that it names. */
final class OutsideProgram {
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final Path sources;
  private final Path jars;
  private final Path classes;

  OutsideProgram(Path folder) {
    this.folder = folder;
    this.sources = folder.resolve("src");
    this.jars = folder.resolve("lib");
    this.classes = folder.resolve("classes");
  }

  /** How a process ended: its status and what it wrote. */
  record Ended(int status, String out, String error) {
    String all() {
      return "status " + status + "\n" + out + "\n" + error;
    }
  }

  void source(String name, String text) throws IOException {
    write(sources.resolve(name), text);
  }

  void resource(String name, String text) throws IOException {
    write(classes.resolve(name), text);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Copies those jars of this test's class path whose names begin with one of {@code names}. */
  void libraries(List<String> names) throws IOException {
    Files.createDirectories(jars);
    String wanted = "(" + String.join("|", names) + ")[-.].*\\.jar";
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      if (name.matches(wanted) && !name.endsWith("-tests.jar")) {
        Files.copy(jar, jars.resolve(name));
      }
    }
    for (String name : names) {
      try (Stream<Path> copied = Files.list(jars)) {
        assertTrue(
            copied.anyMatch(jar -> jar.getFileName().toString().matches(name + "[-.].*")),
            "no jar on the class path is named " + name + ": run 'mvn verify', not 'mvn test'");
      }
    }
  }

  private String allJars() throws IOException {
    try (Stream<Path> found = Files.list(jars)) {
      return String.join(File.pathSeparator, found.sorted().map(Path::toString).toList());
    }
  }

  void compileOnClassPath() throws IOException {
    compile("--class-path", allJars());
  }

  void compileOnModulePath() throws IOException {
    compile("--module-path", jars.toString());
  }

  private void compile(String... path) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(path));
    arguments.addAll(List.of("-d", classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.filter(Files::isRegularFile).map(Path::toString).forEach(arguments::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status = compiler.run(null, said, said, arguments.toArray(String[]::new));
    assertEquals(0, status, said.toString(StandardCharsets.UTF_8));
  }

  Ended onClassPath(List<String> options, String main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(options);
    command.addAll(List.of("--class-path", classes + File.pathSeparator + allJars(), main));
    command.addAll(List.of(arguments));
    return run(command);
  }

  Ended onModulePath(List<String> options, String main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(options);
    command.addAll(List.of("--module-path", classes + File.pathSeparator + jars, "--module", main));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** Runs a JVM in the repository's folder, where the demo's files are. */
  private Ended run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(arguments);
    Path out = folder.resolve("out.txt");
    Path error = folder.resolve("error.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(RepositoryFiles.path(".").toFile())
            .redirectOutput(Redirect.to(out.toFile()))
            .redirectError(Redirect.to(error.toFile()))
            .start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    Ended result =
        new Ended(ended ? process.exitValue() : -1, Files.readString(out), Files.readString(error));
    assertTrue(ended, "no end after " + PATIENCE_SECONDS + " s: " + result.all());
    return result;
  }
}
