package dev.phoenix.serving;

import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.PostTimes;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingResponse.HistoryUse;
import dev.phoenix.serving.ServingResponse.Posts;
import dev.phoenix.serving.ServingResponse.Scores;
import dev.phoenix.serving.ServingResponse.Timing;
import org.jspecify.annotations.Nullable;

/** The state of one request while its batch runs. */
final class Work {
  private static final Posts NO_POSTS = Posts.given(new long[0], new long[0], new long[0]);

  private final PendingRequest pending;
  private final ModelInfo model;
  private final long startedNanos;
  private final int batchSize;
  private Posts posts = NO_POSTS;
  private long retrievalNanos;
  private boolean historyWasKept;

  Work(PendingRequest pending, ModelInfo model, long startedNanos, int batchSize) {
    this.pending = pending;
    this.model = model;
    this.startedNanos = startedNanos;
    this.batchSize = batchSize;
    if (task() instanceof Task.Rank rank) {
      posts = Posts.given(rank.postIds(), rank.authorIds(), rank.created());
    }
  }

  UserHistory user() {
    return pending.request().user();
  }

  /** The key of the user's history in the cache. */
  UserHistory.Key historyKey() {
    return pending.historyKey();
  }

  Task task() {
    return pending.request().task();
  }

  /** The number of posts to retrieve; 0 for none. */
  int topK() {
    return switch (task()) {
      case Task.Rank rank -> 0;
      case Task.Retrieve retrieve -> retrieve.topK();
      case Task.Recommend recommend -> recommend.topK();
    };
  }

  /** The posts that may be retrieved. */
  CorpusChoice choice() {
    return switch (task()) {
      case Task.Rank rank -> CorpusChoice.DEFAULT;
      case Task.Retrieve retrieve -> retrieve.choice();
      case Task.Recommend recommend -> recommend.choice();
    };
  }

  /** Whether the answer needs the vectors of the posts. */
  boolean needsVectors() {
    return task() instanceof Task.Recommend recommend
        && recommend.vectors() == Task.Vectors.OF_POSTS;
  }

  /** Posts that must not be retrieved. */
  ExcludedPosts excluded() {
    return switch (task()) {
      case Task.Rank rank -> ExcludedPosts.NONE;
      case Task.Retrieve retrieve -> retrieve.exclusion().posts();
      case Task.Recommend recommend -> recommend.exclusion().posts();
    };
  }

  boolean ranks() {
    return !(task() instanceof Task.Retrieve);
  }

  /** The product surface of the candidates. */
  int surface() {
    return task() instanceof Task.Rank rank ? rank.surface() : 0;
  }

  /** The times at which the candidates are shown and were created. */
  PostTimes times() {
    return new PostTimes(pending.request().impressionSeconds(), posts.created());
  }

  /** The candidates: those of the request, or the retrieved posts. */
  Posts posts() {
    return posts;
  }

  void retrieved(Posts found) {
    posts = found;
  }

  /** Sets the time of the retrieval that this request was part of. */
  void retrievalTook(long nanos) {
    retrievalNanos = nanos;
  }

  void historyWasKept(boolean kept) {
    historyWasKept = kept;
  }

  /** Whether the request is over; rejects it if its deadline has passed. */
  boolean isMoot() {
    if (!pending.isOver() && pending.isExpired()) {
      pending.reject(Reason.EXPIRED, "the deadline passed before the answer was there");
    }
    return pending.isOver();
  }

  void answer(@Nullable Scores scores, long rankingNanos) {
    Timing timing =
        new Timing(
            startedNanos - pending.arrivedNanos(),
            retrievalNanos,
            rankingNanos,
            batchSize,
            new HistoryUse(user().events(), user().length(), historyWasKept));
    pending.answer().complete(new ServingResponse(model, posts, scores, timing));
  }

  void rejectNotFinite() {
    reject(Reason.NOT_FINITE, "the model's output for this request is not finite");
  }

  void reject(Reason reason, String message) {
    pending.reject(reason, message);
  }
}
