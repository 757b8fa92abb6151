package dev.phoenix.serving;

import dev.phoenix.corpus.CorpusSearch;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.serving.ModelFiles.RankerFiles;
import java.util.Optional;
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
  private final Optional<Ranker> ranker;
  private final CorpusSearch search;
  private final HistoryCache cache;

  private SharedModel(
      Closer parts, ModelFiles files, Supplier<Ops> backend, ModelVersion.Layout layout) {
    this.parts = parts;
    this.files = files;
    this.layout = layout;
    this.ops = parts.own(backend.get());
    this.retrievalModel =
        parts.own(RetrievalModel.load(ops, files.retrieval(), layout.rules().historyEnd()));
    retrievalModel.useTables(files.retrievalTables());
    this.search =
        parts.own(CorpusSearch.create(ops, retrievalModel.config().embSize(), Precision.FLOAT32));
    this.ranker = files.ranker().map(this::load);
    Optional<Ranker> keeper = ranker.map(shared -> parts.own(shared.lane(parts.own(ops.lane()))));
    this.cache =
        parts.own(new HistoryCache(layout.keptBytes(), layout.metrics()::keptBytes, keeper));
  }

  private Ranker load(RankerFiles of) {
    Ranker loaded = parts.own(Ranker.load(ops, of.folder(), layout.rules().historyEnd()));
    loaded.useTables(of.tables());
    return loaded;
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

  /** Empty where only retrieval is served. */
  Optional<Ranker> ranker() {
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
