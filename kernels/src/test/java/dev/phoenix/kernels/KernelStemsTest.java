package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.check.KernelCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A kernel has one stem everywhere: {@code rms_norm.cu}, entry {@code rms_norm}, RmsNormKernel,
 * RmsNormReference, RmsNormCases. {@link #SHARED} has the kernels that share one of these classes
 * with others on purpose.
 */
class KernelStemsTest {
  private static final Path SOURCES = Path.of("src/main/cuda");

  /** Classes that stand in for those of the stem. */
  private static final Map<String, List<String>> SHARED =
      Map.ofEntries(
          // The activations have one definition and the same cases.
          Map.entry("gelu", List.of("ActivationReference", "ActivationCases")),
          Map.entry("sigmoid", List.of("ActivationReference", "ActivationCases")),
          Map.entry("silu", List.of("ActivationReference", "ActivationCases")),
          // A step of the optimisers is checked as a whole.
          Map.entry("gradient_norm", List.of("OptimizerCases")),
          Map.entry("adam_w", List.of("OptimizerCases")),
          Map.entry("rowwise_adagrad", List.of("OptimizerCases")),
          // One kernel computes the sum of two losses.
          Map.entry(
              "action_loss", List.of("SigmoidCrossEntropyReference", "ContinuousLossReference")),
          // Kernels with the definition of an operation of another name.
          Map.entry("embedding_add", List.of("AddRowsReference")),
          Map.entry("scatter_rows", List.of("PlaceRowsReference")),
          Map.entry("prefix_means", List.of("MeanPoolReference", "MeanPoolBackwardReference")),
          // The definition is rounding to bfloat16.
          Map.entry("convert", List.of("Bfloat16")),
          // The second stage of top_k.
          Map.entry("top_k_merge", List.of("TopKKernel", "TopKReference", "TopKCases")));

  static Set<String> stems() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cu"))
          .map(name -> name.substring(0, name.length() - ".cu".length()))
          .collect(Collectors.toSet());
    }
  }

  @ParameterizedTest
  @MethodSource("stems")
  void everySourceHasItsEntryLauncherDefinitionAndCases(String stem) throws IOException {
    String text = Files.readString(SOURCES.resolve(stem + ".cu"));
    assertTrue(text.contains(stem), "no entry begins with " + stem);
    List<String> shared = SHARED.getOrDefault(stem, List.of());
    shared.forEach(name -> assertTrue(exists(name), "no class " + name));
    for (String kind : List.of("Kernel", "Reference", "Cases")) {
      boolean stands = shared.stream().anyMatch(name -> stands(name, kind));
      String own = camel(stem) + kind;
      assertEquals(!stands, exists(own), own + ": there, or in the table, but not both");
    }
    assertFalse(KernelCases.of(stem).isEmpty(), "no cases of " + stem);
  }

  @Test
  void theTableNamesOnlyKernels() throws IOException {
    Set<String> unknown = new HashSet<>(SHARED.keySet());
    unknown.removeAll(stems());
    assertEquals(Set.of(), unknown);
    assertDoesNotThrow(() -> stems().forEach(KernelCases::of));
  }

  private static boolean stands(String name, String kind) {
    return name.endsWith(kind) || (name.equals("Bfloat16") && kind.equals("Reference"));
  }

  private static String camel(String stem) {
    return Arrays.stream(stem.split("_", -1))
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static boolean exists(String name) {
    return Stream.of("", "reference/", "check/")
        .anyMatch(
            folder ->
                Files.exists(
                    Path.of("src/main/java/dev/phoenix/kernels/" + folder + name + ".java")));
  }
}
