package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.checkpoint.Vocabulary;

/** Checks that a batch fits a model, before anything is computed; errors name what is wrong. */
final class BatchChecks {
  private final ModelConfig model;
  private final int hashes;
  private final long tableRows;

  BatchChecks(ModelConfig model) {
    this.model = model;
    this.hashes = model.hashCounts().post();
    this.tableRows = model.vocabulary().map(Vocabulary::combinedRows).orElse(0L);
  }

  void requireHistories(HistoryBatch batch) {
    Sizes.require(
        "user rows", (long) batch.users() * model.hashCounts().user(), batch.userRows().length);
    requireRows("user rows", batch.userRows());
    requirePosts("history posts", batch.posts());
    Sizes.require(
        "history actions",
        (long) batch.posts().count() * model.actions().numActions(),
        batch.actions().length);
    requireBelow("history surfaces", batch.surfaces(), model.features().productSurfaceVocabSize());
    for (int user = 0; user < batch.users(); user++) {
      if (batch.length(user) > model.sequence().historySeqLen()) {
        throw new IllegalArgumentException(
            "a history holds at most %d posts, that of user %d has %d"
                .formatted(model.sequence().historySeqLen(), user, batch.length(user)));
      }
    }
  }

  void requirePosts(String what, PostRows posts) {
    Sizes.require(what, (long) posts.count() * hashes, posts.rows().length);
    requireRows(what, posts.rows());
    for (int post = 0; post < posts.count(); post++) {
      if (posts.rows()[post * hashes] == 0) {
        throw new IllegalArgumentException(
            "%s: expected no padding, found hash row 0 of post %d".formatted(what, post));
      }
    }
  }

  void requireCandidates(CandidateBatch candidates) {
    requirePosts("candidates", candidates.posts());
    requireBelow(
        "candidate surfaces", candidates.surfaces(), model.features().productSurfaceVocabSize());
    requireBelow(
        "candidate age buckets", candidates.ageBuckets(), model.features().postAgeBuckets());
  }

  /**
   * With right-anchored positions, a query must have the whole history: the vector of a prefix then
   * differs from that of the prefix alone.
   */
  void requireQueries(RetrievalBatch batch) {
    requireLastRows(batch);
    for (int q = 0; model.sequence().rightAnchoredRope() && q < batch.queries().count(); q++) {
      int whole = batch.histories().length(batch.queries().user()[q]);
      if (batch.queries().length()[q] != whole) {
        throw new IllegalArgumentException(
            "query %d: with right-anchored positions, expected all %d posts of its user, found %d"
                .formatted(q, whole, batch.queries().length()[q]));
      }
    }
  }

  /** A query without a user token and without posts has no last position. */
  private void requireLastRows(RetrievalBatch batch) {
    for (int q = 0;
        model.retrieval().userPooling() == UserPooling.LAST && q < batch.queries().count();
        q++) {
      int firstUserRow = batch.queries().user()[q] * model.hashCounts().user();
      if (batch.queries().length()[q] == 0 && batch.histories().userRows()[firstUserRow] == 0) {
        throw new IllegalArgumentException(
            ("query %d: with the last position as user vector, expected a post or a user token,"
                    + " found neither")
                .formatted(q));
      }
    }
  }

  private void requireRows(String what, int[] rows) {
    requireBelow(what, rows, tableRows);
  }

  private static void requireBelow(String what, int[] values, long limit) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= limit) {
        throw new IllegalArgumentException(
            "%s: expected 0 to %d, found %d at index %d".formatted(what, limit - 1, values[i], i));
      }
    }
  }
}
