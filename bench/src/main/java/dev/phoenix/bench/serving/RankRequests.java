package dev.phoenix.bench.serving;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import xai.recsys.v1.ActionInfo;
import xai.recsys.v1.AggregatedUserAction;
import xai.recsys.v1.AggregatedUserActionList;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;
import xai.recsys.v1.UserActionSequenceDataContainer;

/**
 * Requests of different users with histories of full length, both as encoded messages and as model
 * inputs.
 */
final class RankRequests {
  private static final int[] ACTIONS = {1, 4, 5, 6, 11, 13, 14};

  private final List<UserSequence> users = new ArrayList<>();
  private final List<long[]> posts = new ArrayList<>();

  /**
   * Draws requests.
   *
   * @param count number of users
   * @param history number of engagements of each user
   * @param candidates number of candidates of each request
   */
  RankRequests(int count, int history, int candidates) {
    Random random = new Random(42);
    for (int user = 0; user < count; user++) {
      List<Engagement> engagements = new ArrayList<>();
      for (int i = 0; i < history; i++) {
        TreeMap<Integer, Float> actions = new TreeMap<>();
        actions.put(ACTIONS[random.nextInt(ACTIONS.length)], 1f);
        engagements.add(new Engagement(id(random), id(random), actions));
      }
      users.add(new UserSequence(1 + user, engagements));
      posts.add(random.longs(candidates, 1, 1L << 40).toArray());
    }
  }

  private static long id(Random random) {
    return random.nextLong(1, 1L << 40);
  }

  private static long author(long post) {
    return 1 + post % 1000;
  }

  int count() {
    return users.size();
  }

  /** All requests as encoded messages. */
  List<byte[]> messages() {
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      messages.add(message(i).toByteArray());
    }
    return messages;
  }

  private PredictNextActionsRequest message(int i) {
    CandidateSet.Builder set = CandidateSet.newBuilder().setUserId(users.get(i).userId());
    for (long post : posts.get(i)) {
      set.addCandidates(post(post, author(post)));
    }
    return PredictNextActionsRequest.newBuilder()
        .addSequences(sequence(users.get(i)))
        .addCandidateSets(set)
        .build();
  }

  /** A user's history as a message. */
  static UserActionSequence sequence(UserSequence user) {
    AggregatedUserActionList.Builder list = AggregatedUserActionList.newBuilder();
    for (Engagement engagement : user.history()) {
      AggregatedUserAction.Builder action =
          AggregatedUserAction.newBuilder()
              .setUserId(user.userId())
              .setTweetInfo(post(engagement.postId(), engagement.authorId()));
      engagement
          .actions()
          .keySet()
          .forEach(index -> action.addActions(ActionInfo.newBuilder().setActionNameValue(index)));
      list.addAggregatedUserActions(action);
    }
    return UserActionSequence.newBuilder()
        .setUserId(user.userId())
        .setUserActionsData(
            UserActionSequenceDataContainer.newBuilder().setOrderedAggregatedUserActionsList(list))
        .build();
  }

  private static TweetInfo post(long id, long author) {
    return TweetInfo.newBuilder().setTweetId(id).setAuthorId(author).build();
  }

  /** The user of request {@code i}. */
  UserSequence user(int i) {
    return users.get(i);
  }

  /** The history of request {@code i} as model input. */
  HashedHistory history(int i, ModelConfig config, EmbeddingTables tables) {
    return HashedHistory.create(config, tables, users.get(i));
  }

  /** The candidates of request {@code i} as model input. */
  HashedCandidates candidates(int i, ModelConfig config, EmbeddingTables tables) {
    long[] ids = posts.get(i);
    long[] authors = new long[ids.length];
    for (int candidate = 0; candidate < ids.length; candidate++) {
      authors[candidate] = author(ids[candidate]);
    }
    return HashedCandidates.create(config, tables, ids, authors, 0);
  }
}
