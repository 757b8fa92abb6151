package dev.phoenix.serving;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.retrieval.Retriever;
import dev.phoenix.serving.ServingResponse.Posts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The best posts for every user of a batch: users that are not kept in one pass, then one scan. */
final class RetrievalStage {
  private final RetrievalModel model;
  private final EmbeddingTables tables;
  private final Retriever retriever;
  private final Corpus corpus;
  private final HistoryCache cache;

  RetrievalStage(
      RetrievalModel model,
      EmbeddingTables tables,
      Retriever retriever,
      Corpus corpus,
      HistoryCache cache) {
    this.model = model;
    this.tables = tables;
    this.retriever = retriever;
    this.corpus = corpus;
    this.cache = cache;
  }

  /** Retrieves for {@code batch}, all of which ask for it. */
  void run(List<Work> batch, EngineMetrics metrics) {
    long begin = System.nanoTime();
    float[] users = users(batch, metrics);
    int k = batch.stream().mapToInt(Work::topK).max().orElse(0);
    TopK best = retriever.search(TopKQuery.unmasked(users, batch.size(), k));
    long nanos = System.nanoTime() - begin;
    for (int i = 0; i < batch.size(); i++) {
      Work work = batch.get(i);
      work.retrieved(posts(best, i, Math.min(best.k(), work.topK())), nanos);
    }
  }

  /** The vectors of all users: kept ones, and those that are encoded now. */
  private float[] users(List<Work> batch, EngineMetrics metrics) {
    int columns = model.config().embSize();
    float[] users = new float[batch.size() * columns];
    Map<UserHistory.Key, Integer> places = new HashMap<>();
    List<UserHistory> unknown = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      UserHistory user = batch.get(i).user();
      float[] kept = cache.user(user.key());
      metrics.lookup("retrieval", kept != null);
      batch.get(i).historyWasKept(kept != null);
      if (kept != null) {
        System.arraycopy(kept, 0, users, i * columns, columns);
      } else if (places.putIfAbsent(user.key(), unknown.size()) == null) {
        unknown.add(user);
      }
    }
    float[] encoded = encode(unknown, metrics);
    for (int i = 0; i < batch.size(); i++) {
      Integer place = places.get(batch.get(i).user().key());
      if (place != null) {
        System.arraycopy(encoded, place * columns, users, i * columns, columns);
      }
    }
    return users;
  }

  private float[] encode(List<UserHistory> unknown, EngineMetrics metrics) {
    int columns = model.config().embSize();
    float[] encoded = new float[unknown.size() * columns];
    if (unknown.isEmpty()) {
      return encoded;
    }
    List<HashedHistory> histories = new ArrayList<>();
    for (UserHistory user : unknown) {
      HashedHistory history =
          HashedHistory.create(model.config(), tables, user.sequence(), user.details());
      metrics.tokens(1 + history.length(), 0);
      histories.add(history);
    }
    model.encodeUsers(encoded, new float[unknown.size()], histories);
    if (cache.keeps()) {
      for (int i = 0; i < unknown.size(); i++) {
        float[] user = Arrays.copyOfRange(encoded, i * columns, (i + 1) * columns);
        cache.keepUser(unknown.get(i).key(), user);
      }
    }
    return encoded;
  }

  private Posts posts(TopK best, int user, int count) {
    long[] postIds = new long[count];
    long[] authorIds = new long[count];
    @Nullable String[] topics = new @Nullable String[count];
    int begin = user * best.k();
    int[] indices = Arrays.copyOfRange(best.indices(), begin, begin + count);
    for (int i = 0; i < count; i++) {
      postIds[i] = corpus.postId(indices[i]);
      authorIds[i] = corpus.authorId(indices[i]);
      topics[i] = corpus.topic(indices[i]);
    }
    float[] scores = Arrays.copyOfRange(best.scores(), begin, begin + count);
    return new Posts(postIds, authorIds, indices, scores, topics);
  }
}
