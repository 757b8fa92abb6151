package dev.phoenix.serving;

import dev.phoenix.corpus.CorpusSearch;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import java.util.function.Supplier;

/**
 * What the lanes of a version share: weights, tables, the corpora's form for the backend, kept
 * histories. One batch in flight or several, there is one of each.
 */
final class SharedModel implements AutoCloseable {
  private final Closer parts;
  private final ModelVersion.Layout layout;
  private final ModelFiles files;
  private final Ops ops;
  private final RetrievalModel retrievalModel;
  private final Ranker ranker;
  private final CorpusSearch search;
  private final HistoryCache cache;

  private SharedModel(
      Closer parts, ModelFiles files, Supplier<Ops> backend, ModelVersion.Layout layout) {
    this.parts = parts;
    this.files = files;
    this.layout = layout;
    this.ops = parts.own(backend.get());
    this.retrievalModel =
        parts.own(RetrievalModel.load(ops, files.retrieval(), layout.historyEnd()));
    retrievalModel.useTables(files.retrievalTables());
    this.search =
        parts.own(CorpusSearch.create(ops, retrievalModel.config().embSize(), Precision.FLOAT32));
    this.ranker = parts.own(Ranker.load(ops, files.ranker(), layout.historyEnd()));
    ranker.useTables(files.rankerTables());
    Ranker keeper = parts.own(ranker.lane(parts.own(ops.lane())));
    this.cache =
        parts.own(new HistoryCache(layout.keptBytes(), layout.metrics()::keptBytes, keeper));
  }

  /** Loads the models of {@code files}, which stay open as long. */
  static SharedModel load(ModelFiles files, Supplier<Ops> backend, ModelVersion.Layout layout) {
    return Closer.open(parts -> new SharedModel(parts, files, backend, layout));
  }

  /**
   * Operations for a lane, owned by {@code owner}. Where there is one lane there is one thread, and
   * one set of operations searches too, unless what it has prepared would go with a segment of a
   * corpus.
   */
  Ops operations(Closer owner) {
    return layout.lanes() == 1 && !ops.preparesSizes() ? ops : owner.own(ops.lane());
  }

  Ops ops() {
    return ops;
  }

  ModelFiles files() {
    return files;
  }

  RetrievalModel retrievalModel() {
    return retrievalModel;
  }

  Ranker ranker() {
    return ranker;
  }

  CorpusSearch search() {
    return search;
  }

  HistoryCache cache() {
    return cache;
  }

  @Override
  public void close() {
    parts.close();
  }
}
