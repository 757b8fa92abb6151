package dev.phoenix.serving;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.corpus.Corpora;
import dev.phoenix.corpus.CorpusSearch;
import dev.phoenix.corpus.Hits;
import dev.phoenix.corpus.Snapshot;
import dev.phoenix.corpus.UnknownCorpusException;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.serving.ServingResponse.Posts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Retrieves for a batch: encodes the users that are not kept in one pass, then scans. */
final class RetrievalStage {
  private final RetrievalModel model;
  private final EmbeddingTables tables;
  private final CorpusSearch search;
  private final Corpora corpora;
  private final HistoryCache cache;

  RetrievalStage(
      RetrievalModel model,
      EmbeddingTables tables,
      CorpusSearch search,
      Corpora corpora,
      HistoryCache cache) {
    this.model = model;
    this.tables = tables;
    this.search = search;
    this.corpora = corpora;
    this.cache = cache;
  }

  /** Retrieves for all requests of {@code batch}. */
  void run(List<Work> batch, EngineMetrics metrics) {
    long begin = System.nanoTime();
    float[] users = users(batch, metrics);
    rejectNotFinite(batch, users, metrics);
    Map<CorpusChoice, List<Integer>> byChoice = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      byChoice.computeIfAbsent(batch.get(i).choice(), choice -> new ArrayList<>()).add(i);
    }
    byChoice.forEach((choice, places) -> search(batch, users, places, choice));
    long nanos = System.nanoTime() - begin;
    batch.forEach(work -> work.retrievalTook(nanos));
  }

  private void rejectNotFinite(List<Work> batch, float[] users, EngineMetrics metrics) {
    int columns = model.config().embSize();
    for (int i = 0; i < batch.size(); i++) {
      if (!isFinite(users, i * columns, columns)) {
        metrics.notFinite();
        batch.get(i).rejectNotFinite();
      }
    }
  }

  private static boolean isFinite(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /** Scans one snapshot for all requests of the batch with the same choice of posts. */
  private void search(List<Work> batch, float[] users, List<Integer> places, CorpusChoice choice) {
    int columns = model.config().embSize();
    float[] chosen = new float[places.size() * columns];
    List<ExcludedPosts> excluded = new ArrayList<>();
    int k = 0;
    for (int i = 0; i < places.size(); i++) {
      System.arraycopy(users, places.get(i) * columns, chosen, i * columns, columns);
      excluded.add(batch.get(places.get(i)).excluded());
      k = Math.max(k, batch.get(places.get(i)).topK());
    }
    try (Snapshot snapshot = corpora.snapshot(choice.corpora())) {
      List<String> names = corpora.names(choice.corpora());
      List<Hits> hits =
          search.search(
              snapshot,
              new CorpusSearch.Query(chosen, places.size(), k, choice.filter(), excluded));
      for (int i = 0; i < places.size(); i++) {
        Work work = batch.get(places.get(i));
        work.retrieved(posts(snapshot, names, hits.get(i).first(work.topK()), work));
      }
    } catch (UnknownCorpusException unknown) {
      String message = String.valueOf(unknown.getMessage());
      places.forEach(place -> batch.get(place).reject(Rejection.Reason.INVALID, message));
    }
  }

  /** The vectors of all users, kept or encoded now. */
  private float[] users(List<Work> batch, EngineMetrics metrics) {
    int columns = model.config().embSize();
    float[] users = new float[batch.size() * columns];
    Map<UserHistory.Key, Integer> places = new HashMap<>();
    List<Work> unknown = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      UserHistory.Key key = batch.get(i).historyKey();
      float[] kept = cache.user(key);
      metrics.lookup("retrieval", kept != null);
      batch.get(i).historyWasKept(kept != null);
      if (kept != null) {
        System.arraycopy(kept, 0, users, i * columns, columns);
      } else if (places.putIfAbsent(key, unknown.size()) == null) {
        unknown.add(batch.get(i));
      }
    }
    float[] encoded = encode(unknown, metrics);
    for (int i = 0; i < batch.size(); i++) {
      Integer place = places.get(batch.get(i).historyKey());
      if (place != null) {
        System.arraycopy(encoded, place * columns, users, i * columns, columns);
      }
    }
    return users;
  }

  private float[] encode(List<Work> unknown, EngineMetrics metrics) {
    int columns = model.config().embSize();
    float[] encoded = new float[unknown.size() * columns];
    if (unknown.isEmpty()) {
      return encoded;
    }
    List<HashedHistory> histories = new ArrayList<>();
    for (Work work : unknown) {
      UserHistory user = work.user();
      HashedHistory history = HashedHistory.create(model.config(), tables, user.history());
      metrics.tokens(1 + history.length(), 0);
      histories.add(history);
    }
    model.encodeUsers(encoded, new float[unknown.size()], histories);
    if (cache.keeps()) {
      for (int i = 0; i < unknown.size(); i++) {
        if (isFinite(encoded, i * columns, columns)) {
          float[] user = Arrays.copyOfRange(encoded, i * columns, (i + 1) * columns);
          cache.keepUser(unknown.get(i).historyKey(), user);
        }
      }
    }
    return encoded;
  }

  private Posts posts(Snapshot snapshot, List<String> names, Hits hits, Work work) {
    int count = hits.positions().length;
    long[] postIds = new long[count];
    long[] authorIds = new long[count];
    long[] created = new long[count];
    @Nullable String[] topics = new @Nullable String[count];
    String[] corpusNames = new String[count];
    int columns = model.config().embSize();
    float[] vectors = new float[work.needsVectors() ? count * columns : 0];
    for (int i = 0; i < count; i++) {
      int position = hits.positions()[i];
      postIds[i] = snapshot.postId(position);
      authorIds[i] = snapshot.authorId(position);
      created[i] = snapshot.created(position);
      String topic = snapshot.topic(position);
      topics[i] = topic.isEmpty() ? null : topic;
      corpusNames[i] = names.get(snapshot.corpus(position));
      if (work.needsVectors()) {
        snapshot.copyVector(position, vectors, i * columns);
      }
    }
    return new Posts(
        postIds, authorIds, hits.positions(), hits.scores(), topics, corpusNames, vectors, created);
  }
}
