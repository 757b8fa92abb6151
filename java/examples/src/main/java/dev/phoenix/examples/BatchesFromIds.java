package dev.phoenix.examples;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Events;
import dev.phoenix.training.CandidateBatch;
import dev.phoenix.training.HistoryBatch;
import dev.phoenix.training.PostRows;
import dev.phoenix.training.Queries;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RetrievalBatch;
import dev.phoenix.training.run.PostTable;
import java.util.List;

/**
 * Makes training batches from ids, for programs that keep their own data. The example has two
 * users: one has seen three posts, the other two.
 */
public final class BatchesFromIds {
  /** Posts by id, ascending; users and batches name a post by its index here. */
  private static final Catalog POSTS =
      new Catalog(
          new long[] {101, 102, 103, 104, 105},
          new long[] {11, 11, 12, 13, 13},
          new long[0],
          List.of(),
          List.of());

  private static final int[] OFFSETS = {0, 3, 5};
  private static final int[] SEEN = {0, 2, 4, 1, 3};

  private final ModelConfig config;
  private final PostTable table;

  /** Batches for a model of this configuration. */
  public BatchesFromIds(ModelConfig config) {
    this.config = config;
    this.table = new PostTable(config, POSTS);
  }

  /** The histories of both users, oldest event first; every event is a favorite. */
  private HistoryBatch histories() {
    long[] users = {7, 8};
    return new HistoryBatch(
        users.length,
        table.userRows(users),
        OFFSETS,
        table.rows(SEEN),
        actions(SEEN.length, Events.FAVORITE),
        new int[SEEN.length],
        new float[SEEN.length]);
  }

  /** [count, A] with one action for each. */
  private float[] actions(int count, int action) {
    float[] happened = new float[count * config.actions().numActions()];
    for (int i = 0; i < count; i++) {
      happened[i * config.actions().numActions() + action] = 1;
    }
    return happened;
  }

  /** A batch for the two towers: each user's next post, and two negatives for both. */
  public RetrievalBatch retrieval() {
    HistoryBatch histories = histories();
    PostRows next = table.rows(3, 0);
    return new RetrievalBatch(
        histories,
        Queries.whole(histories),
        new int[] {0, 1, 2},
        next,
        new boolean[] {true, true},
        new boolean[] {false, false},
        table.rows(1, 2));
  }

  /** A batch for the ranker: two candidates per user, all reposted. */
  public RankerBatch ranker() {
    PostRows candidates = table.rows(3, 1, 0, 2);
    int count = candidates.count();
    return new RankerBatch(
        histories(),
        new CandidateBatch(new int[] {0, 2, 4}, candidates, new int[count], new int[count]),
        actions(count, Events.REPOST),
        new boolean[count],
        new float[0]);
  }
}
