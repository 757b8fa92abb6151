package dev.phoenix.pipeline;

import dev.phoenix.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder in the published layout: {@code retrieval/}, {@code ranker/}, one {@code *corpus*.npz}
 * and {@code example_sequence.json}. Source: docs/model.md#1-checkpoint-files.
 *
 * @param directory the folder
 */
public record Artifacts(Path directory) {
  /** The files of a model's folder. */
  public static final List<String> MODEL_FILES =
      List.of("config.json", "model_params.npz", "embedding_tables.npz");

  /**
   * The folder of the model {@code name}; throws a {@link CheckpointException} if it lacks a file.
   */
  public Path model(String name) {
    Path model = directory.resolve(name);
    for (String file : MODEL_FILES) {
      if (!Files.isRegularFile(model.resolve(file))) {
        throw new CheckpointException("expected the file " + model.resolve(file) + ", found none");
      }
    }
    return model;
  }

  /** The {@code *corpus*.npz}; throws a {@link CheckpointException} unless there is exactly one. */
  public Path corpus() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*corpus*.npz")) {
      files.forEach(found::add);
    } catch (IOException e) {
      throw new CheckpointException("cannot list the artifacts folder " + directory, e);
    }
    if (found.size() != 1) {
      throw new CheckpointException(
          "expected one *corpus*.npz in %s, found %s; name one with --corpus"
              .formatted(directory, found.isEmpty() ? "none" : found));
    }
    return found.getFirst();
  }

  /** The file of the example user. */
  public Path sequence() {
    return directory.resolve("example_sequence.json");
  }
}
