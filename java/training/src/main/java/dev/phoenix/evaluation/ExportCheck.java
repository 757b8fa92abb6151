package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * Loads an exported model and checks that it computes finite vectors or scores for some users and
 * posts of the data.
 */
public final class ExportCheck {
  private static final int USERS = 8;
  private static final int POSTS = 32;

  private ExportCheck() {}

  /**
   * Checks the two towers in {@code folder}.
   *
   * @throws CheckpointException if an output is not finite or the model cannot be read
   */
  public static void retrieval(Ops ops, Path folder, Dataset dataset) {
    try (RetrievalModel model = RetrievalModel.load(ops, folder);
        EmbeddingTables tables =
            EmbeddingTables.open(folder.resolve("embedding_tables.npz"), model.config())) {
      LoggedRows rows = LoggedRows.of(model.config(), tables, dataset.catalog());
      List<LoggedHistory> histories = histories(rows, dataset);
      int columns = model.config().embSize();
      float[] users = new float[histories.size() * columns];
      model.encodeUsers(users, new float[histories.size()], histories);
      requireFinite(folder, "vectors of users", users);
      CatalogPosts posts = posts(rows, dataset);
      float[] vectors = new float[posts.count() * columns];
      model.encodePosts(vectors, 0, posts);
      requireFinite(folder, "vectors of posts", vectors);
    }
  }

  /**
   * Checks the ranker in {@code folder}.
   *
   * @throws CheckpointException if an output is not finite or the model cannot be read
   */
  public static void ranker(Ops ops, Path folder, Dataset dataset) {
    try (Ranker model = Ranker.load(ops, folder);
        EmbeddingTables tables =
            EmbeddingTables.open(folder.resolve("embedding_tables.npz"), model.config())) {
      LoggedRows rows = LoggedRows.of(model.config(), tables, dataset.catalog());
      List<LoggedHistory> histories = histories(rows, dataset);
      CatalogPosts posts = posts(rows, dataset);
      RankerOutput output = model.output();
      model.rank(output, histories, Collections.nCopies(histories.size(), posts));
      float[] logits = new float[histories.size() * posts.count() * output.actions()];
      int at = 0;
      for (int request = 0; request < histories.size(); request++) {
        for (int i = 0; i < posts.count(); i++) {
          for (int action = 0; action < output.actions(); action++) {
            logits[at++] = output.logit(request, i, action);
          }
        }
      }
      requireFinite(folder, "scores", logits);
    }
  }

  private static List<LoggedHistory> histories(LoggedRows rows, Dataset dataset) {
    return dataset.users().stream().limit(USERS).map(user -> history(rows, user)).toList();
  }

  private static LoggedHistory history(LoggedRows rows, UserEvents user) {
    return new LoggedHistory(
        rows, user.userId(), user.events(), user.events().count(), LoggedHistory.Detail.FULL);
  }

  private static CatalogPosts posts(LoggedRows rows, Dataset dataset) {
    return CatalogPosts.range(rows, 0, Math.min(POSTS, dataset.catalog().size()));
  }

  private static void requireFinite(Path folder, String what, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new CheckpointException(
            "%s: expected finite %s of the exported model, found %s"
                .formatted(folder.getFileName(), what, value));
      }
    }
  }
}
