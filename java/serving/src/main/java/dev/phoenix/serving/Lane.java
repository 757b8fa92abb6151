package dev.phoenix.serving;

import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one batch at a time needs: operations, state and scratch. Batches that run at once are on
 * lanes of their own; weights and kept histories are those of all lanes of the version. One thread
 * at a time.
 */
final class Lane implements AutoCloseable {
  private final Closer parts;
  private final Ops ops;
  private final RetrievalStage retrieval;
  private final @Nullable RankingStage ranking;

  private Lane(Closer parts, SharedModel model) {
    this.parts = parts;
    this.ops = model.operations(parts);
    ModelFiles files = model.files();
    RetrievalModel users = parts.own(model.retrievalModel().lane(ops));
    this.retrieval =
        new RetrievalStage(
            users, files.retrievalTables(), model.search(), files.corpora(), model.cache());
    this.ranking = files.ranker().isEmpty() ? null : ranking(files.ranker().get(), model);
  }

  private RankingStage ranking(ModelFiles.RankerFiles files, SharedModel model) {
    Ranker ranker = parts.own(model.ranker().orElseThrow().lane(ops));
    return parts.own(new RankingStage(ops, ranker, files.tables(), model.cache()));
  }

  /** A lane of {@code model}, which is closed after it. */
  static Lane open(SharedModel model) {
    return Closer.open(parts -> new Lane(parts, model));
  }

  /** What this lane computes with. */
  Ops ops() {
    return ops;
  }

  /** Answers every request of {@code batch}. */
  void run(ModelInfo model, List<PendingRequest> batch, EngineMetrics metrics) {
    long started = System.nanoTime();
    List<Work> works = new ArrayList<>();
    for (PendingRequest pending : batch) {
      works.add(new Work(pending, model, started, batch.size()));
    }
    List<Work> retrieving = works.stream().filter(work -> work.topK() > 0).toList();
    if (!retrieving.isEmpty()) {
      retrieval.run(retrieving, metrics);
    }
    if (ranking == null) {
      works.forEach(work -> work.answer(null, 0));
    } else {
      rank(ranking, works, metrics);
    }
  }

  private static void rank(RankingStage ranking, List<Work> works, EngineMetrics metrics) {
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
