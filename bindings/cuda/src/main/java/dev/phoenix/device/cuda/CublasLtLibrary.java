package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.DeviceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads cuBLASLt for the generated bindings, once per process.
 *
 * <p>The bindings look up symbols in libraries that {@link System#load} loaded for their class
 * loader, and that method takes an absolute path. A library that the system's loader finds by name
 * is therefore opened by name first, its path is read from {@code /proc/self/maps}, and it is
 * loaded again by that path.
 */
final class CublasLtLibrary {
  /** The system property with the path of the library, which is then the only one tried. */
  static final String PROPERTY = "phoenix.cublaslt";

  private static @Nullable CublasLtLibrary loaded;

  private final String path;
  private final long version;

  private CublasLtLibrary(String path, long version) {
    this.path = path;
    this.version = version;
  }

  /**
   * The library.
   *
   * @param driverVersion the newest CUDA the driver serves, e.g. 13000; a library of a later major
   *     version would not run
   * @throws DeviceException when there is none, listing the places searched
   */
  static synchronized CublasLtLibrary load(int driverVersion) {
    CublasLtLibrary library = loaded;
    if (library == null) {
      List<String> places =
          LibraryPlaces.of(System.getProperty(PROPERTY), System.getenv(), driverVersion);
      String path = load(places);
      library = new CublasLtLibrary(path, cublasLt_h.cublasLtGetVersion());
      loaded = library;
    }
    return library;
  }

  /** Loads the first library found and returns its path. */
  static String load(List<String> places) {
    List<String> refused = new ArrayList<>();
    for (String place : places) {
      Optional<String> path = place.contains("/") ? existing(place) : opened(place);
      if (path.isPresent()) {
        try {
          System.load(path.get());
        } catch (UnsatisfiedLinkError e) {
          refused.add(String.valueOf(e.getMessage()));
          continue;
        }
        if (SymbolLookup.loaderLookup().find("cublasLtMatmul").isPresent()) {
          return path.get();
        }
        refused.add(path.get() + ": not cuBLASLt");
      }
    }
    throw new DeviceException(
        "loading cuBLASLt",
        "NO_CUBLASLT",
        "Looked for "
            + String.join(", ", places)
            + (refused.isEmpty() ? "" : " (refused: " + String.join("; ", refused) + ")")
            + ": install the CUDA toolkit's cuBLAS or Python's nvidia-cublas, and name its"
            + " libcublasLt.so.13 in -D"
            + PROPERTY
            + "=PATH.");
  }

  private static Optional<String> existing(String place) {
    Path path = Path.of(place).toAbsolutePath();
    return Files.isRegularFile(path) ? Optional.of(path.toString()) : Optional.empty();
  }

  /** The path of a library that the system's loader finds by its name. */
  private static Optional<String> opened(String name) {
    SymbolLookup lookup;
    try {
      lookup = SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return lookup.find("cublasLtGetVersion").flatMap(symbol -> fileAt(symbol.address()));
  }

  /** The file that is mapped at an address. */
  private static Optional<String> fileAt(long address) {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> MemoryMap.covers(line, address)).map(MemoryMap::file).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The path it was loaded from. */
  String path() {
    return path;
  }

  /** Its version, e.g. 130101. */
  long version() {
    return version;
  }
}
