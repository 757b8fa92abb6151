package dev.phoenix.load;

import java.util.SplittableRandom;
import phoenix.v1.RecommendRequest;
import xai.recsys.v1.ActionInfo;
import xai.recsys.v1.ActionName;
import xai.recsys.v1.AggregatedUserAction;
import xai.recsys.v1.AggregatedUserActionList;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;
import xai.recsys.v1.UserActionSequenceDataContainer;

/**
 * Requests of random users. Each request draws one of a fixed number of users. A user has the same
 * history in every request; candidates are drawn for each request.
 *
 * @param users number of users
 * @param shortestHistory smallest number of engagements in a history
 * @param longestHistory largest number of engagements in a history
 * @param candidates number of posts to rank or to retrieve
 * @param seed the seed of all draws
 */
public record RandomRequests(
    int users, int shortestHistory, int longestHistory, int candidates, long seed) {
  private static final ActionName[] ACTIONS = {
    ActionName.ACTION_NAME_FAVORITE,
    ActionName.ACTION_NAME_REPLY,
    ActionName.ACTION_NAME_RETWEET,
    ActionName.ACTION_NAME_CLICK,
    ActionName.ACTION_NAME_SHARE
  };
  private static final int POSTS = 1_000_000;

  public RandomRequests {
    if (users < 1 || candidates < 1 || shortestHistory < 0 || longestHistory < shortestHistory) {
      throw new IllegalArgumentException(
          "expected users, candidates and a range of lengths, found %d, %d, %d to %d"
              .formatted(users, candidates, shortestHistory, longestHistory));
    }
  }

  /** Request {@code number} for scores of candidates. */
  public PredictNextActionsRequest rank(int number) {
    SplittableRandom random = random(number);
    UserActionSequence user = user(random);
    CandidateSet.Builder set = CandidateSet.newBuilder().setUserId(user.getUserId());
    for (int i = 0; i < candidates; i++) {
      set.addCandidates(post(random));
    }
    return PredictNextActionsRequest.newBuilder().addSequences(user).addCandidateSets(set).build();
  }

  /** Request {@code number} for posts of the corpus. */
  public RetrieveTopKCandidatesRequest retrieve(int number) {
    UserActionSequence user = user(random(number));
    return RetrieveTopKCandidatesRequest.newBuilder()
        .addUserIds(user.getUserId())
        .addSequences(user)
        .setTopK(candidates)
        .build();
  }

  /** Request {@code number} for a whole feed. */
  public RecommendRequest recommend(int number) {
    return RecommendRequest.newBuilder()
        .setSequence(user(random(number)))
        .setTopK(candidates)
        .build();
  }

  private SplittableRandom random(long number) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
  }

  private UserActionSequence user(SplittableRandom drawn) {
    long id = 1L + drawn.nextInt(users);
    SplittableRandom random = random(-id);
    int length = random.nextInt(shortestHistory, longestHistory + 1);
    AggregatedUserActionList.Builder history = AggregatedUserActionList.newBuilder();
    for (int i = 0; i < length; i++) {
      history.addAggregatedUserActions(
          AggregatedUserAction.newBuilder()
              .setUserId(id)
              .setTweetInfo(post(random))
              .addActions(
                  ActionInfo.newBuilder().setActionName(ACTIONS[random.nextInt(ACTIONS.length)])));
    }
    return UserActionSequence.newBuilder()
        .setUserId(id)
        .setUserActionsData(
            UserActionSequenceDataContainer.newBuilder()
                .setOrderedAggregatedUserActionsList(history))
        .build();
  }

  private static TweetInfo post(SplittableRandom random) {
    long id = 1L + random.nextInt(POSTS);
    return TweetInfo.newBuilder().setTweetId(id).setAuthorId(1 + id % 1000).build();
  }
}
