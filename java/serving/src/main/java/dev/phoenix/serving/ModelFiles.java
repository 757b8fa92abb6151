package dev.phoenix.serving;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelManifest;
import dev.phoenix.corpus.Corpora;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Stages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mapped files of one version, which its lanes share: tables and corpora. */
final class ModelFiles implements AutoCloseable {
  private final Closer parts;
  private final Path retrieval;
  private final Corpora corpora;
  private final EmbeddingTables retrievalTables;
  private final Optional<RankerFiles> ranker;
  private final Instant written;

  /** The ranker's folder and tables. */
  record RankerFiles(Path folder, EmbeddingTables tables) {}

  private ModelFiles(Closer parts, Artifacts artifacts, CorpusSource source, Stages stages) {
    this.parts = parts;
    this.retrieval = artifacts.model("retrieval");
    this.retrievalTables = parts.own(tables(retrieval));
    this.corpora = parts.own(source.open(artifacts, retrievalTables.dimension())).corpora();
    this.ranker = stages == Stages.RETRIEVAL ? Optional.empty() : Optional.of(ranker(artifacts));
    Path lastStage = ranker.map(RankerFiles::folder).orElse(retrieval);
    this.written = lastModified(lastStage.resolve("model_params.npz"));
  }

  private RankerFiles ranker(Artifacts artifacts) {
    Path folder = artifacts.model("ranker");
    return new RankerFiles(folder, parts.own(tables(folder)));
  }

  private static Instant lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException("the age of the checkpoint cannot be read", e);
    }
  }

  /** The folder itself where {@code artifacts} are a link to it. */
  static Artifacts resolve(Artifacts artifacts) {
    try {
      return new Artifacts(artifacts.directory().toRealPath());
    } catch (IOException e) {
      throw new CheckpointException(
          "the artifacts folder " + artifacts.directory() + " cannot be opened: " + e, e);
    }
  }

  /** Begins the check that all files that are opened belong to one model. */
  static ModelManifest.Check check(Artifacts artifacts, Stages stages) {
    List<String> names =
        stages == Stages.RETRIEVAL ? List.of("retrieval") : List.of("retrieval", "ranker");
    List<Path> files = new ArrayList<>(List.of(artifacts.corpus()));
    for (String name : names) {
      Path model = artifacts.model(name);
      for (String file : Artifacts.MODEL_FILES) {
        files.add(model.resolve(file));
      }
    }
    return ModelManifest.begin(artifacts.directory(), files);
  }

  private static EmbeddingTables tables(Path model) {
    ModelConfig config = ModelConfig.read(model.resolve("config.json"));
    return EmbeddingTables.open(model.resolve("embedding_tables.npz"), config);
  }

  static ModelFiles open(Artifacts artifacts, CorpusSource source, Stages stages) {
    return Closer.open(parts -> new ModelFiles(parts, artifacts, source, stages));
  }

  Path retrieval() {
    return retrieval;
  }

  /** Empty where only retrieval is served. */
  Optional<RankerFiles> ranker() {
    return ranker;
  }

  Corpora corpora() {
    return corpora;
  }

  EmbeddingTables retrievalTables() {
    return retrievalTables;
  }

  /** When the parameters of the last stage were written. */
  Instant written() {
    return written;
  }

  @Override
  public void close() {
    parts.close();
  }
}
