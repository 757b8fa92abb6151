package dev.phoenix.device.junit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The CUDA compiler of this machine, with a cache of compiled PTX. */
final class Nvcc {
  /** Message if there is no compiler. */
  static final String MISSING =
      "no nvcc in NVCC, CUDA_HOME/bin, PATH or /usr/local/cuda/bin; install the CUDA toolkit";

  private static final List<String> OPTIONS = List.of("-ptx", "-arch=compute_80", "-std=c++17");
  private static final String CACHE = "phoenix.cuda.cache";

  private final Path program;
  private final String version;

  private Nvcc(Path program, String version) {
    this.program = program;
    this.version = version;
  }

  private static final class Found {
    static final @Nullable Nvcc NVCC = search();

    private static @Nullable Nvcc search() {
      for (Path candidate : candidates()) {
        if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
          return new Nvcc(candidate, run(List.of(candidate.toString(), "--version")).output());
        }
      }
      return null;
    }

    /**
     * If the variable NVCC is set, it is the only candidate: NVCC=none tests without a compiler.
     */
    private static List<Path> candidates() {
      String named = System.getenv("NVCC");
      if (named != null && !named.isEmpty()) {
        return List.of(Path.of(named));
      }
      List<Path> places = new ArrayList<>();
      String home = System.getenv("CUDA_HOME");
      if (home != null && !home.isEmpty()) {
        places.add(Path.of(home, "bin", "nvcc"));
      }
      String path = System.getenv("PATH");
      if (path != null) {
        for (String folder : path.split(File.pathSeparator)) {
          places.add(Path.of(folder, "nvcc"));
        }
      }
      places.add(Path.of("/usr/local/cuda/bin/nvcc"));
      return places;
    }
  }

  /** The compiler, or null where there is none. */
  static @Nullable Nvcc find() {
    return Found.NVCC;
  }

  /**
   * The PTX of a source file, compiled or from the cache.
   *
   * @throws IllegalArgumentException with the compiler's output when it does not compile
   */
  byte[] compile(URL source, List<String> options) {
    try {
      Path cache = Path.of(System.getProperty(CACHE, "target/cuda-junit"));
      Files.createDirectories(cache);
      Path file = local(source, cache);
      String stem = file.getFileName().toString().replaceFirst("\\.cu$", "");
      Path ptx = cache.resolve(stem + "-" + key(file, options) + ".ptx");
      if (!Files.exists(ptx)) {
        compile(file, options, ptx);
      }
      return Files.readAllBytes(ptx);
    } catch (IOException e) {
      throw new UncheckedIOException("compiling " + source, e);
    }
  }

  /** The source as a file: the file itself, or a copy of an entry of a jar. */
  private static Path local(URL source, Path cache) throws IOException {
    if (source.getProtocol().equals("file")) {
      try {
        return Path.of(source.toURI());
      } catch (URISyntaxException e) {
        throw new IOException("not a file: " + source, e);
      }
    }
    byte[] content = ModuleSource.read(source);
    String name = source.getPath().substring(source.getPath().lastIndexOf('/') + 1);
    Path folder = cache.resolve(HexFormat.of().formatHex(sha256().digest(content), 0, 8));
    Files.createDirectories(folder);
    return Files.write(folder.resolve(name), content);
  }

  private void compile(Path file, List<String> options, Path ptx) throws IOException {
    // Written to a temporary file and moved, so that an interrupted run leaves no partial file.
    Path made = Files.createTempFile(ptx.toAbsolutePath().getParent(), "nvcc", ".ptx");
    try {
      List<String> command = new ArrayList<>();
      command.add(program.toString());
      command.addAll(OPTIONS);
      command.addAll(options);
      command.addAll(List.of("-o", made.toString(), file.toString()));
      Result result = run(command);
      if (result.status() != 0) {
        throw new IllegalArgumentException(
            String.join(" ", command)
                + " ended with status "
                + result.status()
                + ":\n"
                + result.output());
      }
      Files.move(made, ptx, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /**
   * A cache key that depends on the source, every file in its folder, the options and the compiler.
   */
  private String key(Path file, List<String> options) throws IOException {
    MessageDigest digest = sha256();
    digest.update((version + OPTIONS + options).getBytes(StandardCharsets.UTF_8));
    try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
      for (Path beside : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = beside.getFileName().toString();
        if (beside.equals(file.toAbsolutePath()) || name.matches(".*\\.(cuh|h|hpp|inc)")) {
          digest.update(name.getBytes(StandardCharsets.UTF_8));
          digest.update(Files.readAllBytes(beside));
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private record Result(int status, String output) {}

  private static Result run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException("can't run " + command.getFirst(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while nvcc ran", e);
    }
  }
}
