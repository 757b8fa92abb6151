package dev.phoenix.serving;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.corpus.Corpora;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.pipeline.Artifacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The mapped files of one version, which its lanes share: tables and corpora. */
final class ModelFiles implements AutoCloseable {
  private final Closer parts;
  private final Path retrieval;
  private final Path ranker;
  private final Corpora corpora;
  private final EmbeddingTables retrievalTables;
  private final EmbeddingTables rankerTables;
  private final Instant written;

  private ModelFiles(Closer parts, Artifacts artifacts, CorpusSource source) {
    this.parts = parts;
    this.retrieval = artifacts.model("retrieval");
    this.ranker = artifacts.model("ranker");
    this.retrievalTables = parts.own(tables(retrieval));
    this.corpora = parts.own(source.open(artifacts, retrievalTables.dimension())).corpora();
    this.rankerTables = parts.own(tables(ranker));
    this.written = lastModified(ranker.resolve("model_params.npz"));
  }

  private static Instant lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException("the age of the checkpoint cannot be read", e);
    }
  }

  private static EmbeddingTables tables(Path model) {
    ModelConfig config = ModelConfig.read(model.resolve("config.json"));
    return EmbeddingTables.open(model.resolve("embedding_tables.npz"), config);
  }

  static ModelFiles open(Artifacts artifacts, CorpusSource source) {
    return Closer.open(parts -> new ModelFiles(parts, artifacts, source));
  }

  Path retrieval() {
    return retrieval;
  }

  Path ranker() {
    return ranker;
  }

  Corpora corpora() {
    return corpora;
  }

  EmbeddingTables retrievalTables() {
    return retrievalTables;
  }

  EmbeddingTables rankerTables() {
    return rankerTables;
  }

  /** When the ranker's parameters were written. */
  Instant written() {
    return written;
  }

  @Override
  public void close() {
    parts.close();
  }
}
