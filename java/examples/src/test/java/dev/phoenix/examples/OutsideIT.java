package dev.phoenix.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles the code of the documents against the packed jars and runs it in a separate JVM, on the
 * class path and on the module path. Runs in the phase integration-test, after the jars are made.
 */
class OutsideIT {
  /** Names of the jars that {@code phoenix-core} depends on. */
  private static final List<String> CORE =
      List.of("phoenix-(core|device|kernels|checkpoints|cuda)", "jackson", "jcuda");

  /**
   * Names of the jars that {@code phoenix-cuda-junit}, JUnit and its console launcher depend on.
   */
  private static final List<String> KIT =
      List.of(
          "phoenix-(cuda-junit|device|emulator|cuda)",
          "jcuda",
          "junit-(jupiter|platform)",
          "opentest4j",
          "open-test-reporting",
          "apiguardian",
          "jspecify");

  private static final String FIRST_POST = "1900000000000002847 ";

  @TempDir Path folder;

  private OutsideProgram program;

  @BeforeEach
  void anEmptyFolder() {
    program = new OutsideProgram(folder);
  }

  /** The code of the first block of this language in a document. */
  private static String block(String document, String language) throws IOException {
    String text = Files.readString(RepositoryFiles.path(document));
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError(document + " has no block of " + language));
  }

  private void writeReadme() throws IOException {
    String code = block("README.md", "java");
    String imports =
        code.lines()
            .filter(line -> line.startsWith("import "))
            .collect(Collectors.joining("\n", "", "\n"));
    String body =
        code.lines()
            .filter(line -> !line.startsWith("import "))
            .collect(Collectors.joining("\n", "", "\n"));
    program.source(
        "outside/Outside.java",
        "package outside;\n%spublic class Outside { public static void main(String[] none) {\n%s}}\n"
            .formatted(imports, body));
    program.libraries(CORE);
  }

  private static void assertRecommends(OutsideProgram.Ended ended) {
    assertEquals(0, ended.status(), ended.all());
    List<String> posts = ended.out().lines().toList();
    assertEquals(200, posts.size(), ended.all());
    if (ended.error().contains("backend cpu in float32")) {
      assertTrue(posts.getFirst().startsWith(FIRST_POST), posts.getFirst());
    } else {
      assertTrue(ended.error().contains("backend cuda in bfloat16"), ended.error());
    }
  }

  @Test
  void theReadmeRunsOnTheClassPathWithItsFlag() throws Exception {
    writeReadme();
    program.compileOnClassPath();
    String flag = "--add-modules=jdk.incubator.vector";
    assertTrue(Files.readString(RepositoryFiles.path("README.md")).contains(flag));
    assertRecommends(program.onClassPath(List.of(flag), "outside.Outside"));
  }

  @Test
  void withoutTheVectorModuleOneLineNamesTheFlag() throws Exception {
    writeReadme();
    program.compileOnClassPath();
    OutsideProgram.Ended ended = program.onClassPath(List.of(), "outside.Outside");
    if (ended.error().contains("backend cuda in bfloat16")) {
      assertEquals(0, ended.status(), ended.all());
      return;
    }
    assertNotEquals(0, ended.status(), ended.all());
    List<String> lines =
        ended.error().lines().filter(line -> line.startsWith("Exception in thread")).toList();
    assertEquals(1, lines.size(), ended.all());
    String line = lines.getFirst();
    assertTrue(line.contains("backend cpu cannot run"), line);
    assertTrue(line.endsWith("start it with --add-modules=jdk.incubator.vector"), line);
  }

  @Test
  void theReadmeRunsOnTheModulePathWithoutFlags() throws Exception {
    writeReadme();
    program.source("module-info.java", "module outside { requires dev.phoenix.core; }\n");
    program.compileOnModulePath();
    assertRecommends(program.onModulePath(List.of(), "outside/outside.Outside"));
  }

  private void writeKitTest() throws IOException {
    assumeTrue(GpuOps.hasKernels(), "no nvcc: the kit compiles .cu files with it");
    program.source("demo/AxpyTest.java", block("docs/cuda-from-java.md", "java"));
    program.resource("demo/axpy.cu", block("docs/cuda-from-java.md", "cuda"));
    program.libraries(KIT);
  }

  private static void assertPasses(OutsideProgram.Ended ended) {
    assertEquals(0, ended.status(), ended.all());
    MatchResult successful =
        Pattern.compile("(\\d+) tests successful").matcher(ended.out()).results().findFirst().get();
    assertTrue(Integer.parseInt(successful.group(1)) >= 1, ended.all());
    assertTrue(ended.out().contains("[emulated]"), ended.all());
  }

  @Test
  void theKernelTestOfTheDocumentRunsOnTheClassPath() throws Exception {
    writeKitTest();
    program.compileOnClassPath();
    assertPasses(
        program.onClassPath(
            List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"),
            "org.junit.platform.console.ConsoleLauncher",
            "execute",
            "--disable-ansi-colors",
            "--select-class=demo.AxpyTest"));
  }

  @Test
  void theKernelTestOfTheDocumentRunsOnTheModulePath() throws Exception {
    writeKitTest();
    program.source("module-info.java", "open module demo { requires dev.phoenix.device.junit; }\n");
    program.compileOnModulePath();
    assertPasses(
        program.onModulePath(
            List.of("--add-modules=demo", "--enable-native-access=dev.phoenix.emulator"),
            "org.junit.platform.console/org.junit.platform.console.ConsoleLauncher",
            "execute",
            "--disable-ansi-colors",
            "--select-module=demo"));
  }
}
