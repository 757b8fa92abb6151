package dev.phoenix.training.run;

import dev.phoenix.dataset.DatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where a training writes: the model in the published layout under {@code retrieval/} or {@code
 * ranker/}, and beside it {@code training/}: the checkpoint, metrics and plot of each model.
 *
 * @param root the folder
 * @param model {@code retrieval} or {@code ranker}
 */
public record RunFolder(Path root, String model) {
  /** The files of a model, which belong together. */
  static final List<String> MODEL_FILES =
      List.of("config.json", "embedding_tables.npz", "model_params.npz");

  /**
   * Makes the folders, and finishes an export that a sudden end interrupted.
   *
   * @throws DatasetException if another training uses the folder, or it cannot be written
   */
  void prepare() {
    try (FolderLock _ = FolderLock.take(root)) {
      Files.createDirectories(root.resolve("training"));
      if (Files.isDirectory(complete()) && !Files.isDirectory(export())) {
        Files.move(complete(), export(), StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new DatasetException("cannot write to " + root + ": " + e, e);
    }
  }

  /** The model in the published layout. */
  public Path export() {
    return root.resolve(model);
  }

  /** The state of the training, to go on from. */
  public Path checkpoint() {
    return root.resolve("training").resolve(model + "-checkpoint.npz");
  }

  /** What was measured, one JSON object a line. */
  public Path metrics() {
    return root.resolve("training").resolve(model + "-metrics.jsonl");
  }

  /** The curves of these. */
  public Path plot() {
    return root.resolve("training").resolve(model + ".svg");
  }

  private Path complete() {
    return root.resolve("training").resolve(model + "-complete");
  }

  /**
   * Replaces the exported model by what {@code writer} writes into a folder. The files of one
   * export belong together, so they are written elsewhere and the folder is moved when all are
   * there.
   *
   * @throws DatasetException if another training uses the folder, or it cannot be written
   */
  void replaceExport(Consumer<Path> writer) {
    Path begun = root.resolve("training").resolve(model + "-begun");
    Path former = root.resolve("training").resolve(model + "-former");
    try (FolderLock _ = FolderLock.take(root)) {
      delete(begun);
      delete(former);
      delete(complete());
      Files.createDirectories(begun);
      writer.accept(begun);
      Files.move(begun, complete(), StandardCopyOption.ATOMIC_MOVE);
      if (Files.isDirectory(export())) {
        Files.move(export(), former, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(complete(), export(), StandardCopyOption.ATOMIC_MOVE);
      delete(former);
    } catch (IOException e) {
      throw new DatasetException("cannot export to " + export() + ": " + e, e);
    }
  }

  /** The names of the exported model's files in {@link #root}, for its manifest. */
  List<String> exported() {
    return MODEL_FILES.stream().map(file -> model + "/" + file).toList();
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> found;
    try (Stream<Path> files = Files.walk(folder)) {
      found = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : found) {
      Files.delete(file);
    }
  }
}
