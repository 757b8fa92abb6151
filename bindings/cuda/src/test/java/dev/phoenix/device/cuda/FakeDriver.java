package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The fake NVIDIA driver in this process. It is loaded as {@code libcuda.so.1} before any code
 * looks for that library, so that the loader returns it.
 */
final class FakeDriver {
  /** Settings, by their numbers in {@code fake_set}. */
  enum Setting {
    VERSION(0),
    DEVICES(1),
    MAJOR(2),
    INIT_STATUS(3),
    MEMORY_BYTES(4),
    PENDING_ERROR(5);

    private final int number;

    Setting(int number) {
      this.number = number;
    }
  }

  /** Compiled and loaded on first use; never used when tests run on the real driver. */
  private static final class Symbols {
    static final MethodHandle SET;
    static final MethodHandle LIVE;

    static {
      System.load(build().toString());
      SymbolLookup symbols = SymbolLookup.loaderLookup();
      Linker linker = Linker.nativeLinker();
      SET =
          linker.downcallHandle(
              symbols.findOrThrow("fake_set"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
      LIVE =
          linker.downcallHandle(
              symbols.findOrThrow("fake_live"), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }
  }

  private FakeDriver() {}

  /** Whether the tests run on the real driver instead. */
  static boolean isReplaced() {
    return List.of("cuda", "both").contains(System.getProperty("phoenix.device", ""));
  }

  /** Loads the fake driver unless the real one is used; skips the test if there is neither. */
  static void load() {
    if (!isReplaced()) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "no C compiler for the fake driver");
      set(Setting.DEVICES, 1);
    }
  }

  /** Loads the fake driver; skips the test on the real one. */
  static void loadFake() {
    assumeTrue(!isReplaced(), "needs the fake driver, this run has the real one");
    load();
  }

  static void set(Setting setting, long value) {
    try {
      Symbols.SET.invokeExact(setting.number, value);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Number of live objects in the driver. */
  static int live() {
    return count(Symbols.LIVE);
  }

  /** Number of live objects in the fake cuBLASLt, once the product has loaded it. */
  static int liveInCublas() {
    return count(
        Linker.nativeLinker()
            .downcallHandle(
                SymbolLookup.loaderLookup().findOrThrow("fake_cublaslt_live"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT)));
  }

  private static int count(MethodHandle handle) {
    try {
      return (int) handle.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Makes the product load the fake cuBLASLt. */
  static void loadCublas() {
    load();
    if (!isReplaced()) {
      Path driver = build();
      Path library = compile("fake_cublaslt.c", "libcublasLt.so.13", driver.toString());
      System.setProperty(CublasLtLibrary.PROPERTY, library.toString());
    }
  }

  /** Compiles it to {@code target/fake-driver/libcuda.so.1}. */
  static Path build() {
    return compile("fake_driver.c", "libcuda.so.1", "-lc");
  }

  private static Path compile(String source, String name, String library) {
    Path folder = Path.of("target", "fake-driver").toAbsolutePath();
    try {
      Files.createDirectories(folder);
      Path made = Files.createTempFile(folder, "fake", ".so");
      Process compiler =
          new ProcessBuilder(
                  "/usr/bin/cc",
                  "-shared",
                  "-fPIC",
                  "-Wl,-soname," + name,
                  "-o",
                  made.toString(),
                  "src/test/c/" + source,
                  library)
              .inheritIO()
              .start();
      if (compiler.waitFor() != 0) {
        throw new AssertionError(source + " does not compile");
      }
      return Files.move(made, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
