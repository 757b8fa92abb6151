package dev.phoenix.parity;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.ops.Ops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Inputs and outputs of the reference. */
public interface GoldenCase {
  /** The case's name: that of its folder or file. */
  String name();

  /** Runs the case on {@code ops} and compares, in the order of the computation. */
  List<TensorCheck> run(Ops ops);

  /**
   * The cases in {@code directory}: {@code components.npz}; folders with inputs, expectations and a
   * model; {@code pipeline} with expectations and either models of its own or those of {@code
   * artifacts}. Training cases are left out.
   *
   * @throws CheckpointException if there is no case
   */
  static List<GoldenCase> find(Path directory, Path artifacts) {
    List<GoldenCase> cases = new ArrayList<>();
    if (Files.isRegularFile(directory.resolve("components.npz"))) {
      cases.add(new ComponentsCase(directory));
    }
    try (Stream<Path> folders = Files.list(directory)) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        String name = folder.getFileName().toString();
        if (Files.isRegularFile(folder.resolve("expected_float32.npz"))) {
          cases.add(
              name.startsWith("ranker")
                  ? new RankerCase(folder)
                  : name.startsWith("retrieval")
                      ? new RetrievalCase(folder)
                      : new PipelineCase(folder, artifacts));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the golden folder " + directory, e);
    }
    if (cases.isEmpty()) {
      throw new CheckpointException(
          "expected golden cases (components.npz, */expected_float32.npz) in %s, found none"
              .formatted(directory));
    }
    return cases;
  }
}
