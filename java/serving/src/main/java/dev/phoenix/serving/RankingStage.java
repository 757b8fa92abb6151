package dev.phoenix.serving;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.Ranker.EncodedHistory;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.serving.ServingResponse.Scores;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores the candidates of every request of a batch, in passes sized for the backend. Kept
 * histories join a pass as keys and values; the others are encoded once and then kept. A request
 * completes when its pass is done.
 */
final class RankingStage implements AutoCloseable {
  private final Ops ops;
  private final Ranker ranker;
  private final EmbeddingTables tables;
  private final HistoryCache cache;
  private final EncodedHistories encoded;
  private final EncodedHistories mixed;
  private final RankerOutput output;

  RankingStage(Ops ops, Ranker ranker, EmbeddingTables tables, HistoryCache cache) {
    this.ops = ops;
    this.ranker = ranker;
    this.tables = tables;
    this.cache = cache;
    this.encoded = ranker.histories();
    this.mixed = ranker.histories();
    this.output = ranker.output();
  }

  /** The requests of one pass. */
  private static final class Pass {
    final List<Work> works = new ArrayList<>();
    final List<HashedCandidates> candidates = new ArrayList<>();
    final List<@Nullable EncodedHistories> kept = new ArrayList<>();
    final List<UserHistory.Key> used = new ArrayList<>();
    final Map<UserHistory.Key, Integer> places = new HashMap<>();
    final List<UserHistory.Key> unknown = new ArrayList<>();
    final List<HashedHistory> histories = new ArrayList<>();
    int rows;
  }

  /** Ranks and completes all requests of {@code batch}. */
  void run(List<Work> batch, EngineMetrics metrics) {
    int next = 0;
    while (next < batch.size()) {
      Pass pass = new Pass();
      try {
        while (next < batch.size() && (pass.works.isEmpty() || pass.rows < ops.preferredRows())) {
          Work work = batch.get(next++);
          if (!work.isMoot()) {
            join(pass, work, metrics);
          }
        }
        if (!pass.works.isEmpty()) {
          run(pass, metrics);
        }
      } finally {
        pass.used.forEach(cache::release);
      }
    }
  }

  /** The scores of a request without candidates. */
  Scores ofNothing() {
    float[] none = {};
    return new Scores(
        output.actions(), output.continuousActions(), none, none.clone(), none.clone());
  }

  private void join(Pass pass, Work work, EngineMetrics metrics) {
    UserHistory user = work.user();
    EncodedHistories kept = cache.acquire(work.historyKey());
    if (kept != null) {
      pass.used.add(work.historyKey());
    }
    metrics.lookup("ranking", kept != null);
    work.historyWasKept(kept != null);
    pass.works.add(work);
    pass.kept.add(kept);
    HashedCandidates candidates =
        HashedCandidates.create(
                ranker.config(),
                tables,
                work.posts().postIds(),
                work.posts().authorIds(),
                work.surface())
            .at(work.times(), ranker.config());
    pass.candidates.add(candidates);
    pass.rows += candidates.count();
    if (kept == null && pass.places.putIfAbsent(work.historyKey(), pass.unknown.size()) == null) {
      HashedHistory history = HashedHistory.create(ranker.config(), tables, user.history());
      pass.unknown.add(work.historyKey());
      pass.histories.add(history);
      pass.rows += 1 + history.length();
    }
  }

  private void run(Pass pass, EngineMetrics metrics) {
    long begin = System.nanoTime();
    if (!pass.histories.isEmpty()) {
      ranker.encode(encoded, pass.histories);
    }
    boolean allNew = pass.histories.size() == pass.works.size();
    if (!allNew) {
      ranker.copy(mixed, sources(pass));
    }
    ranker.score(output, allNew ? encoded : mixed, pass.candidates);
    long nanos = System.nanoTime() - begin;
    count(pass, metrics);
    for (int i = 0; i < pass.works.size(); i++) {
      answer(pass.works.get(i), i, nanos, metrics);
    }
    keep(pass);
  }

  private List<EncodedHistory> sources(Pass pass) {
    List<EncodedHistory> sources = new ArrayList<>();
    for (int i = 0; i < pass.works.size(); i++) {
      EncodedHistories kept = pass.kept.get(i);
      if (kept != null) {
        sources.add(new EncodedHistory(kept, 0));
      } else {
        int place = pass.places.getOrDefault(pass.works.get(i).historyKey(), -1);
        sources.add(new EncodedHistory(encoded, place));
      }
    }
    return sources;
  }

  private void count(Pass pass, EngineMetrics metrics) {
    int historyRows = 0;
    for (int i = 0; i < pass.histories.size(); i++) {
      historyRows += encoded.length(i);
    }
    int candidateRows = pass.candidates.stream().mapToInt(HashedCandidates::count).sum();
    int padded = padding(historyRows) + padding(candidateRows);
    metrics.tokens(historyRows + candidateRows, padded);
  }

  private int padding(int rows) {
    return rows == 0 ? 0 : ops.capacityFor(rows) - rows;
  }

  private void answer(Work work, int request, long nanos, EngineMetrics metrics) {
    Scores scores = scores(request);
    for (float logit : scores.logits()) {
      if (!Float.isFinite(logit)) {
        metrics.notFinite();
        work.rejectNotFinite();
        return;
      }
    }
    work.answer(scores, nanos);
  }

  private Scores scores(int request) {
    return new Scores(
        output.actions(),
        output.continuousActions(),
        output.logits(request),
        output.probabilities(request),
        output.continuousValues(request));
  }

  private void keep(Pass pass) {
    if (!cache.keeps()) {
      return;
    }
    for (int i = 0; i < pass.unknown.size(); i++) {
      cache.keepHistory(pass.unknown.get(i), new EncodedHistory(encoded, i));
    }
  }

  @Override
  public void close() {
    Closer.closeAll(List.of(encoded, mixed));
  }
}
