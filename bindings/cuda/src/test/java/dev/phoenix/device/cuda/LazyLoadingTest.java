package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProvider;
import dev.phoenix.device.Devices;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks lazy loading and the messages for missing libraries, each in a separate JVM. */
class LazyLoadingTest {
  /** Prints the providers; with an argument, queries and opens that one. */
  public static void main(String[] arguments) {
    for (DeviceProvider provider : Devices.providers()) {
      System.out.println("provider " + provider.name());
    }
    for (String name : arguments) {
      System.out.println("availability " + Devices.provider(name).availability());
      try {
        Devices.open(name).close();
      } catch (DeviceException e) {
        System.out.println("refused " + e.error());
      }
    }
  }

  @Test
  void loadsNothingToNameTheProviders() throws IOException, InterruptedException {
    List<String> output = run(List.of("-verbose:class"), classPath(true), "");
    assertTrue(output.contains("provider cuda"), output.toString());
    assertFalse(output.stream().anyMatch(line -> line.contains("jcuda.")), "JCuda was loaded");
    assertFalse(output.stream().anyMatch(line -> line.contains(".cublaslt.")), "cuBLASLt was");
  }

  @Test
  void loadsNothingOfJcudaWhereThereIsNoDriver() throws IOException, InterruptedException {
    List<String> output = run(List.of("-verbose:class"), classPath(true), "", "cuda");
    assumeTrue(output.contains("refused NO_DRIVER"), "this machine has a driver");
    List<String> answers = answers(output);
    assertEquals("provider cuda", answers.get(0));
    assertTrue(
        answers.get(1).startsWith("availability Availability[devices=0, reason=loading libcuda"),
        answers.get(1));
    assertEquals("refused NO_DRIVER", answers.get(2));
    assertFalse(output.stream().anyMatch(line -> line.contains("jcuda.")), "JCuda was loaded");
  }

  @Test
  void saysThatTheNativesOfJcudaAreMissing(@TempDir Path empty)
      throws IOException, InterruptedException {
    FakeDriver.loadFake();
    String driver = String.valueOf(FakeDriver.build().getParent());
    List<String> options = List.of("-Djava.io.tmpdir=" + empty);
    List<String> answers = answers(run(options, classPath(false), driver, "cuda"));
    assertEquals(3, answers.size(), answers.toString());
    assertTrue(answers.get(1).contains("NO_JCUDA_NATIVES"), answers.get(1));
    assertEquals("refused NO_JCUDA_NATIVES", answers.get(2));
  }

  @Test
  void unpacksTheNativesWhereNobodyElseCanPutThem(@TempDir Path shared)
      throws IOException, InterruptedException {
    FakeDriver.loadFake();
    String driver = String.valueOf(FakeDriver.build().getParent());
    Path planted = shared.resolve("libJCudaDriver-12.6.0-linux-x86_64.so");
    Files.writeString(planted, "not a library");
    List<String> options =
        List.of("-Djava.io.tmpdir=" + shared, "-Dphoenix.cublaslt=" + shared.resolve("none.so"));
    List<String> answers = answers(run(options, classPath(true), driver, "cuda"));
    assertTrue(answers.get(1).contains("NO_CUBLASLT"), answers.get(1));
    try (Stream<Path> left = Files.list(shared)) {
      assertEquals(List.of(planted), left.toList());
    }
  }

  @Test
  void saysThatCublasIsMissing(@TempDir Path empty) throws IOException, InterruptedException {
    FakeDriver.loadFake();
    String driver = String.valueOf(FakeDriver.build().getParent());
    List<String> options = List.of("-Dphoenix.cublaslt=" + empty.resolve("none.so"));
    List<String> answers = answers(run(options, classPath(true), driver, "cuda"));
    assertEquals(2, answers.size(), "opens without cuBLASLt: " + answers);
    assertTrue(answers.get(1).contains("NO_CUBLASLT"), answers.get(1));
  }

  @Test
  void neverLoadsTheRuntimeApi() throws IOException, InterruptedException {
    FakeDriver.loadFake();
    String driver = String.valueOf(FakeDriver.build().getParent());
    List<String> output = run(List.of("-verbose:class"), classPath(true), driver, "cuda");
    assertTrue(output.stream().anyMatch(line -> line.contains("jcuda.driver.JCudaDriver")));
    assertFalse(output.stream().anyMatch(line -> line.contains("jcuda.runtime.JCuda ")));
  }

  private static List<String> answers(List<String> output) {
    return output.stream()
        .filter(line -> line.matches("(provider|availability|refused) .*"))
        .toList();
  }

  private static String classPath(boolean natives) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> natives || !entry.contains("jcuda-natives"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> run(
      List<String> options, String classPath, String libraries, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, LazyLoadingTest.class.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("lazy-loading", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", libraries);
    int status = builder.redirectOutput(output.toFile()).start().waitFor();
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    Files.delete(output);
    assertEquals(0, status, () -> String.join("\n", lines));
    return lines;
  }
}
