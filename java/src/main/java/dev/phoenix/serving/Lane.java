package dev.phoenix.serving;

import dev.phoenix.corpus.CorpusSearch;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that one batch at a time needs: operations, weights, kept histories. Batches that run
 * at once are on lanes of their own. One thread at a time.
 */
final class Lane implements AutoCloseable {
  private final Parts parts = new Parts();
  private final Ops ops;
  private final RetrievalModel retrievalModel;
  private final Ranker ranker;
  private final HistoryCache cache;
  private final RetrievalStage retrieval;
  private final RankingStage ranking;

  private Lane(Ops ops, ModelFiles files, HistoryCache cache) {
    try {
      this.ops = parts.own(ops);
      this.retrievalModel = parts.own(RetrievalModel.load(ops, files.retrieval()));
      CorpusSearch search =
          parts.own(CorpusSearch.create(ops, retrievalModel.config().embSize(), Precision.FLOAT32));
      this.ranker = parts.own(Ranker.load(ops, files.ranker()));
      this.cache = parts.own(cache);
      this.retrieval =
          new RetrievalStage(
              retrievalModel, files.retrievalTables(), search, files.corpora(), cache);
      this.ranking = parts.own(new RankingStage(ops, ranker, files.rankerTables(), cache));
    } catch (RuntimeException failed) {
      parts.close();
      throw failed;
    }
  }

  /** Loads the models; takes {@code ops} over and closes it whatever comes. */
  static Lane open(Ops ops, ModelFiles files, HistoryCache cache) {
    return new Lane(ops, files, cache);
  }

  Ops ops() {
    return ops;
  }

  Ranker ranker() {
    return ranker;
  }

  RetrievalModel retrievalModel() {
    return retrievalModel;
  }

  /** Forgets what is kept of histories. */
  void forgetHistories() {
    cache.close();
  }

  /** Answers every request of {@code batch}. */
  void run(String version, List<PendingRequest> batch, EngineMetrics metrics) {
    long started = System.nanoTime();
    List<Work> works = new ArrayList<>();
    for (PendingRequest pending : batch) {
      works.add(new Work(pending, version, started, batch.size()));
    }
    List<Work> retrieving = works.stream().filter(work -> work.topK() > 0).toList();
    if (!retrieving.isEmpty()) {
      retrieval.run(retrieving, metrics);
    }
    List<Work> ranks = new ArrayList<>();
    for (Work work : works) {
      if (work.ranks() && work.posts().count() > 0) {
        ranks.add(work);
      } else if (work.ranks()) {
        work.answer(ranking.ofNothing(), 0);
      } else {
        work.answer(null, 0);
      }
    }
    ranking.run(ranks, metrics);
  }

  @Override
  public void close() {
    parts.close();
  }
}
