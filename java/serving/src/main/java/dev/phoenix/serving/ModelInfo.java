package dev.phoenix.serving;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.HistoryCut;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is told of the model that serves.
 *
 * @param version its number among those loaded, from 1
 * @param name of the artifacts folder, without the path
 * @param written when its parameters were written
 * @param loaded when it was ready
 * @param backend where it runs
 * @param precision of the forward pass
 * @param retrieval configuration of the retrieval model
 * @param ranker configuration of the ranker; empty where feeds are those of retrieval
 * @param corpusSize posts
 * @param corpora names of the corpora, the default first
 */
public record ModelInfo(
    String version,
    String name,
    Instant written,
    Instant loaded,
    String backend,
    String precision,
    ModelConfig retrieval,
    Optional<ModelConfig> ranker,
    long corpusSize,
    List<String> corpora) {
  /** The part of a history that one of the models reads. */
  public HistoryCut historyCut() {
    return HistoryCut.of(retrieval).cover(HistoryCut.of(lastStage()));
  }

  /** The configuration of the last stage: that of the ranker, or without one of retrieval. */
  public ModelConfig lastStage() {
    return ranker.orElse(retrieval);
  }
}
