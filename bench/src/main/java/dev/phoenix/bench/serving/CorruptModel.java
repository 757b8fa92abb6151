package dev.phoenix.bench.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes copies of the demo, each broken in a different way; all must be refused. */
final class CorruptModel {
  private static final List<String> FILES =
      List.of(
          "ranker/model_params.npz",
          "retrieval/model_params.npz",
          "ranker/embedding_tables.npz",
          "retrieval/embedding_tables.npz",
          "corpus.npz",
          "ranker/config.json",
          "retrieval/config.json");

  private CorruptModel() {}

  /**
   * Makes a copy in the folder {@code corrupt}, which replaces the last one.
   *
   * @param number selects the file to break and the damage
   * @return the folder's name
   */
  static String make(ServerWorkspace workspace, int number) throws IOException {
    Path folder = workspace.demo("corrupt");
    Random random = new Random(number);
    Path file = folder.resolve(FILES.get(number % FILES.size()));
    byte[] bytes = Files.readAllBytes(file);
    switch (number / FILES.size() % 4) {
      case 0 -> Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 1 -> Files.delete(file);
      case 2 -> {
        random.nextBytes(bytes);
        Files.write(file, bytes);
      }
      default -> Files.write(file, "not what it was".getBytes(StandardCharsets.UTF_8));
    }
    return "corrupt";
  }
}
