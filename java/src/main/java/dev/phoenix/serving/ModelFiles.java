package dev.phoenix.serving;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.pipeline.Artifacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The mapped files of one version, which its lanes share: tables and corpus. */
final class ModelFiles implements AutoCloseable {
  private final Parts parts = new Parts();
  private final Path retrieval;
  private final Path ranker;
  private final Corpus corpus;
  private final EmbeddingTables retrievalTables;
  private final EmbeddingTables rankerTables;
  private final Instant written;

  private ModelFiles(Artifacts artifacts) {
    try {
      this.retrieval = artifacts.model("retrieval");
      this.ranker = artifacts.model("ranker");
      this.corpus = parts.own(Corpus.open(artifacts.corpus()));
      this.retrievalTables = parts.own(tables(retrieval));
      this.rankerTables = parts.own(tables(ranker));
      this.written = Files.getLastModifiedTime(ranker.resolve("model_params.npz")).toInstant();
    } catch (IOException e) {
      parts.close();
      throw new UncheckedIOException("the age of the checkpoint cannot be read", e);
    } catch (RuntimeException failed) {
      parts.close();
      throw failed;
    }
  }

  private static EmbeddingTables tables(Path model) {
    ModelConfig config = ModelConfig.read(model.resolve("config.json"));
    return EmbeddingTables.open(model.resolve("embedding_tables.npz"), config);
  }

  static ModelFiles open(Artifacts artifacts) {
    return new ModelFiles(artifacts);
  }

  Path retrieval() {
    return retrieval;
  }

  Path ranker() {
    return ranker;
  }

  Corpus corpus() {
    return corpus;
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
