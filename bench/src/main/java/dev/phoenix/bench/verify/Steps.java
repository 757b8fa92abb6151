package dev.phoenix.bench.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a verification, in order of importance, so that a run that ends early has covered
 * the most important ones.
 */
final class Steps {
  private static final List<String> SANITIZER_TOOLS =
      List.of("memcheck", "racecheck", "synccheck", "initcheck");
  private static final String GOLDEN_TRAINING = "dev.phoenix.training.EmulatedTrainingTest";
  private static final List<String> GRADIENT_CONTRACTS =
      List.of(
          "GradientContractTest",
          "AttentionGradientContractTest",
          "LossContractTest",
          "OptimiserContractTest");
  private static final List<String> PASSED_ON =
      List.of("phoenix.cublaslt", "logback.configurationFile");
  private static final String NEEDS_GPU = "needs a GPU: this is a rehearsal on the emulated device";

  private final Path home;
  private final Path launcher;
  private final String device;
  private final boolean rehearsal;

  /**
   * Creates the steps of a bundle.
   *
   * @param home the folder of the unpacked bundle
   * @param launcher the bundle's {@code run}
   * @param device {@code cuda}, or {@code emulated} for a rehearsal
   */
  Steps(Path home, Path launcher, String device) {
    this.home = home;
    this.launcher = launcher;
    this.device = device;
    this.rehearsal = device.equals("emulated");
  }

  /** All steps. */
  List<Step> all() {
    List<Step> steps = new ArrayList<>();
    steps.add(command("devices", "what is here", 60, "devices"));
    steps.add(gpuOnly(facts()));
    steps.add(kernels("kernels", "every kernel against its definition", device, 180));
    steps.add(parity());
    steps.add(
        command(
            "pipeline",
            "the demo's feed, from ids to ranked posts",
            120,
            "pipeline",
            "--backend",
            device,
            "--display",
            "5"));
    steps.add(operations());
    steps.add(training());
    steps.add(gpuOnly(tests("device tests", "the device interface on the driver", 90, bindings())));
    steps.add(
        gpuOnly(
            kernels("both devices", "GPU and emulator beside each other, in ULPs", "both", 200)));
    for (String tool : SANITIZER_TOOLS) {
      steps.add(gpuOnly(sanitized(tool)));
    }
    if (!rehearsal) {
      steps.add(
          tests("kernel tests", "what the tests ask of kernels besides", 200, packages("kernels")));
    }
    return steps;
  }

  private Step gpuOnly(Step step) {
    return rehearsal ? unavailable(step, NEEDS_GPU) : step;
  }

  private static Step unavailable(Step step, String reason) {
    return new Step(
        step.name(), step.proves(), step.command(), step.longest(), step.reading(), reason);
  }

  private Step command(String name, String proves, int seconds, String... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    return new Step(
        name, proves, command, Duration.ofSeconds(seconds), Step.Reading.LAST_LINE, null);
  }

  private static Step facts() {
    return new Step(
        "driver facts",
        "driver, clocks and what else runs",
        List.of(
            "nvidia-smi",
            "--query-gpu=name,driver_version,clocks.sm,clocks.mem,memory.used,temperature.gpu",
            "--format=csv,noheader"),
        Duration.ofSeconds(30),
        Step.Reading.LAST_LINE,
        null);
  }

  private Step parity() {
    List<String> command =
        new ArrayList<>(List.of("parity", "--backend", device, "--precision", "bfloat16"));
    return command(
        "golden parity",
        "the reference's cases, tensor by tensor",
        rehearsal ? 240 : 120,
        command.toArray(String[]::new));
  }

  /** The cases of all kernels on a device, or on both and compared. */
  private Step kernels(String name, String proves, String devices, int seconds) {
    List<String> command = java();
    command.add(KernelCheck.class.getName());
    command.add(devices);
    if (rehearsal) {
      // The kernels' own tests run all cases on the emulated device.
      command.add("--few");
    }
    // The check stops itself before its limit and lists the skipped cases.
    command.add("--seconds");
    command.add(Integer.toString(seconds - 20));
    return new Step(
        name, proves, command, Duration.ofSeconds(seconds), Step.Reading.LAST_LINE, null);
  }

  private Step sanitized(String tool) {
    Optional<Path> sanitizer = Sanitizer.find();
    List<String> command = new ArrayList<>();
    command.add(sanitizer.map(Path::toString).orElse("compute-sanitizer"));
    command.addAll(List.of("--tool", tool, "--target-processes", "all", "--error-exitcode", "99"));
    if (tool.equals("initcheck")) {
      // Allocated padding that is never read is not an error.
      command.addAll(List.of("--track-unused-memory", "no"));
    }
    command.addAll(java());
    command.add(KernelCheck.class.getName());
    command.add("cuda");
    // A sanitizer slows kernels down by a factor of ten to a hundred.
    command.add("--few");
    Step step =
        new Step(
            tool,
            "compute-sanitizer finds nothing in any kernel",
            command,
            Duration.ofMinutes(2),
            Step.Reading.SANITIZER,
            null);
    return sanitizer.isPresent()
        ? step
        : unavailable(step, "no compute-sanitizer on the path or in CUDA_HOME");
  }

  private Step operations() {
    if (!rehearsal) {
      return tests(
          "model tests", "operations, model and pipeline on the device", 240, packages("java"));
    }
    return tests(
        "model tests",
        "operations on the emulated device",
        200,
        List.of("--select-class", "dev.phoenix.ops.HeadOpsContractTest"));
  }

  /**
   * Compares gradients, losses and optimisers with their definitions, and golden steps of both
   * trainers.
   */
  private Step training() {
    List<String> selectors = new ArrayList<>(List.of("--select-class", GOLDEN_TRAINING));
    if (!rehearsal) {
      for (String contract : GRADIENT_CONTRACTS) {
        selectors.addAll(List.of("--select-class", "dev.phoenix.ops." + contract));
      }
    }
    return tests(
        "training tests",
        "gradients, losses, optimisers and golden steps of training on the device",
        rehearsal ? 240 : 120,
        selectors);
  }

  /** The tests that use the device; tests of error messages are left out, as each needs a JVM. */
  private static List<String> bindings() {
    String cuda = "dev.phoenix.device.cuda.";
    return List.of(
        "--select-class", cuda + "CudaDeviceProviderTest",
        "--select-class", cuda + "CudaDeviceTest",
        "--select-class", cuda + "CudaKernelTest",
        "--select-class", cuda + "CudaMatmulTest",
        "--select-class", cuda + "CublasLtTest");
  }

  private static List<String> packages(String module) {
    return module.equals("kernels")
        ? List.of("--select-package", "dev.phoenix.kernels")
        : List.of(
            "--select-package",
            "dev.phoenix.ops",
            "--select-package",
            "dev.phoenix.model",
            "--select-package",
            "dev.phoenix.parity",
            "--select-package",
            "dev.phoenix.pipeline",
            "--select-package",
            "dev.phoenix.cli");
  }

  private Step tests(String name, String proves, int seconds, List<String> selectors) {
    List<String> command = java();
    command.remove(command.size() - 1);
    command.remove(command.size() - 1);
    command.add("-Dphoenix.device=" + device);
    command.add("-Dbasedir=" + home.resolve("test"));
    command.addAll(List.of("-cp", home.resolve("test") + "/*:" + home.resolve("lib") + "/*"));
    command.add("org.junit.platform.console.ConsoleLauncher");
    command.addAll(
        List.of("execute", "--disable-banner", "--disable-ansi-colors", "--details=tree"));
    command.addAll(selectors);
    return new Step(name, proves, command, Duration.ofSeconds(seconds), Step.Reading.TESTS, null);
  }

  /** This JVM with its options, up to and including the class path. */
  private List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dphoenix.home=" + home,
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8"));
    for (String passed : PASSED_ON) {
      @Nullable String value = System.getProperty(passed);
      if (value != null) {
        command.add("-D%s=%s".formatted(passed, value));
      }
    }
    command.addAll(List.of("-cp", home.resolve("lib") + "/*"));
    return command;
  }

  /** Finds compute-sanitizer. */
  static final class Sanitizer {
    private Sanitizer() {}

    static Optional<Path> find() {
      List<Path> places = new ArrayList<>();
      String path = System.getenv("PATH");
      for (String folder : (path == null ? "/usr/local/bin:/usr/bin" : path).split(":")) {
        places.add(Path.of(folder, "compute-sanitizer"));
      }
      for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
        String toolkit = System.getenv(variable);
        if (toolkit != null && !toolkit.isBlank()) {
          places.add(Path.of(toolkit, "bin/compute-sanitizer"));
        }
      }
      places.add(Path.of("/usr/local/cuda/bin/compute-sanitizer"));
      places.add(Path.of("/usr/local/cuda/compute-sanitizer/compute-sanitizer"));
      return places.stream().filter(Files::isExecutable).findFirst();
    }
  }
}
