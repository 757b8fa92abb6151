package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;

/**
 * A user's history given by ids, whose embedding rows are looked up by hash in a model's tables.
 * {@link HistoryWindow} selects the engagements of a sequence longer than S. Actions outside the
 * model's outputs are ignored. {@link EngagementDetails} add surfaces, dwell times and the IP id.
 * Source: docs/model.md#2-hashing, #3-features and #7-pipeline.
 */
public final class HashedHistory implements HistoryFeatures {
  private final HashedRows rows;
  private final FlatHistory history;
  private final float[] actions;
  private final int actionCount;

  private HashedHistory(ModelConfig config, HashedRows rows, FlatHistory whole) {
    this.rows = rows;
    this.history = whole.part(HistoryWindow.of(config, whole.length()));
    this.actionCount = config.actions().numActions();
    this.actions = new float[history.length() * actionCount];
    for (int i = 0; i < history.length(); i++) {
      for (int at = history.firstAction(i); at < history.endOfActions(i); at++) {
        if (history.index(at) < actionCount) {
          actions[i * actionCount + history.index(at)] = history.value(at);
        }
      }
    }
  }

  /**
   * The history of {@code sequence} for the model of {@code config} and {@code tables}, without
   * details.
   */
  public static HashedHistory create(
      ModelConfig config, EmbeddingTables tables, UserSequence sequence) {
    return create(config, tables, sequence, EngagementDetails.NONE);
  }

  /** The history of {@code sequence} with details of its engagements. */
  public static HashedHistory create(
      ModelConfig config,
      EmbeddingTables tables,
      UserSequence sequence,
      EngagementDetails details) {
    return create(config, tables, FlatHistory.of(sequence, details));
  }

  /** The history of {@code history}. */
  public static HashedHistory create(
      ModelConfig config, EmbeddingTables tables, FlatHistory history) {
    return new HashedHistory(config, HashedRows.create(config, tables), history);
  }

  @Override
  public EmbeddingTables tables() {
    return rows.tables();
  }

  @Override
  public long userRow(int hash) {
    return rows.userRow(history.userId(), hash);
  }

  @Override
  public long postRow(int i, int hash) {
    return rows.postRow(history.postId(i), history.authorId(i), hash);
  }

  @Override
  public boolean hasUser() {
    return history.userId() != 0;
  }

  @Override
  public void copyUser(float[] to, int at) {
    rows.copyUser(history.userId(), to, at);
  }

  @Override
  public void copyUserIp(float[] to, int at) {
    rows.copyIp(history.details().userIpId(), to, at);
  }

  @Override
  public int length() {
    return history.length();
  }

  @Override
  public boolean isPost(int i) {
    return history.postId(i) != 0;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    rows.copyPost(history.postId(i), history.authorId(i), to, at);
  }

  @Override
  public float action(int i, int action) {
    return actions[i * actionCount + action];
  }

  @Override
  public int surface(int i) {
    return history.details().surface(i);
  }

  @Override
  public float dwellSeconds(int i) {
    return history.details().dwellSeconds(i);
  }
}
