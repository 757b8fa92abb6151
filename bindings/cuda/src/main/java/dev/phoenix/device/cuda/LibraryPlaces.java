package dev.phoenix.device.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The places where cuBLASLt is looked for, in order. */
final class LibraryPlaces {
  private static final List<Integer> MAJOR_VERSIONS = List.of(13, 12);

  private LibraryPlaces() {}

  /**
   * Paths, and bare names for the system's loader.
   *
   * @param chosen the path the user configured, which is then the only place
   * @param environment {@code CUDA_HOME} and {@code CUDA_PATH} point to a toolkit
   * @param driverVersion libraries of later major versions are left out
   */
  static List<String> of(
      @Nullable String chosen, Map<String, String> environment, int driverVersion) {
    if (chosen != null && !chosen.isBlank()) {
      // A bare file name means a file in the current folder, not a name for the system's loader.
      return List.of(chosen.contains("/") ? chosen : "./" + chosen);
    }
    Set<String> toolkits = new LinkedHashSet<>();
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      String folder = environment.getOrDefault(variable, "");
      if (!folder.isBlank()) {
        toolkits.add(folder);
      }
    }
    toolkits.add("/usr/local/cuda");
    List<String> places = new ArrayList<>();
    for (int major : MAJOR_VERSIONS) {
      if (major <= driverVersion / 1000) {
        String name = "libcublasLt.so." + major;
        places.add(name);
        toolkits.forEach(toolkit -> places.add(toolkit + "/lib64/" + name));
      }
    }
    return List.copyOf(places);
  }
}
