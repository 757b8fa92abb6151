package dev.phoenix.feature;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import java.util.List;
import java.util.Map;

/**
 * A user's history given by ids, whose embedding rows are looked up by hash in a model's tables.
 * {@link HistoryWindow} selects the engagements of a sequence longer than S. Actions outside the
 * model's outputs are ignored. {@link EngagementDetails} add surfaces, dwell times and the IP id.
 * Source: docs/model.md#2-hashing, #3-features and #7-pipeline.
 */
public final class HashedHistory implements HistoryFeatures {
  private final HashedRows rows;
  private final long userId;
  private final List<Engagement> history;
  private final float[] actions;
  private final int actionCount;
  private final EngagementDetails details;

  private HashedHistory(
      ModelConfig config, HashedRows rows, UserSequence sequence, EngagementDetails details) {
    this.rows = rows;
    HistoryWindow window = HistoryWindow.of(config, sequence.history().size());
    this.details = details.part(window);
    this.userId = sequence.userId();
    this.history = sequence.history().subList(window.from(), window.to());
    this.actionCount = config.actions().numActions();
    this.actions = new float[history.size() * actionCount];
    for (int i = 0; i < history.size(); i++) {
      for (Map.Entry<Integer, Float> action : history.get(i).actions().entrySet()) {
        if (action.getKey() < actionCount) {
          actions[i * actionCount + action.getKey()] = action.getValue();
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
    return new HashedHistory(config, HashedRows.create(config, tables), sequence, details);
  }

  @Override
  public EmbeddingTables tables() {
    return rows.tables();
  }

  @Override
  public long userRow(int hash) {
    return rows.userRow(userId, hash);
  }

  @Override
  public long postRow(int i, int hash) {
    return rows.postRow(history.get(i).postId(), history.get(i).authorId(), hash);
  }

  @Override
  public boolean hasUser() {
    return userId != 0;
  }

  @Override
  public void copyUser(float[] to, int at) {
    rows.copyUser(userId, to, at);
  }

  @Override
  public void copyUserIp(float[] to, int at) {
    rows.copyIp(details.userIpId(), to, at);
  }

  @Override
  public int length() {
    return history.size();
  }

  @Override
  public boolean isPost(int i) {
    return history.get(i).postId() != 0;
  }

  @Override
  public void copyPost(int i, float[] to, int at) {
    rows.copyPost(history.get(i).postId(), history.get(i).authorId(), to, at);
  }

  @Override
  public float action(int i, int action) {
    return actions[i * actionCount + action];
  }

  @Override
  public int surface(int i) {
    return details.surface(i);
  }

  @Override
  public float dwellSeconds(int i) {
    return details.dwellSeconds(i);
  }
}
