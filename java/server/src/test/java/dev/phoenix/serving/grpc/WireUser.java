package dev.phoenix.serving.grpc;

import com.google.protobuf.ByteString;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.EngagementDetails;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.UserHistory;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import xai.recsys.v1.ActionInfo;
import xai.recsys.v1.AggregatedUserAction;
import xai.recsys.v1.AggregatedUserActionList;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;
import xai.recsys.v1.UserActionSequenceDataContainer;

/**
 * A random user as messages of both protocols, without action 0, which the messages cannot express.
 */
record WireUser(UserSequence history) {
  private static final int ACTIONS = 19;

  WireUser(Random random, int length) {
    this(withoutActionZero(Demo.user(random, length)));
  }

  private static UserSequence withoutActionZero(UserSequence user) {
    List<Engagement> kept =
        user.history().stream()
            .map(e -> new Engagement(e.postId(), e.authorId(), e.actions().tailMap(1)))
            .toList();
    return new UserSequence(user.userId(), kept);
  }

  UserHistory asHistory() {
    int count = history.history().size();
    return UserHistory.of(history, new EngagementDetails(new int[count], new float[count]));
  }

  UserActionSequence message() {
    AggregatedUserActionList.Builder list = AggregatedUserActionList.newBuilder();
    for (Engagement engagement : history.history()) {
      AggregatedUserAction.Builder action =
          AggregatedUserAction.newBuilder()
              .setTweetInfo(
                  TweetInfo.newBuilder()
                      .setTweetId(engagement.postId())
                      .setAuthorId(engagement.authorId()));
      engagement
          .actions()
          .keySet()
          .forEach(i -> action.addActions(ActionInfo.newBuilder().setActionNameValue(i)));
      list.addAggregatedUserActions(action);
    }
    return UserActionSequence.newBuilder()
        .setUserId(history.userId())
        .setUserActionsData(
            UserActionSequenceDataContainer.newBuilder().setOrderedAggregatedUserActionsList(list))
        .build();
  }

  PredictNextActionsRequest.Builder rankRequest(long[] posts, long[] authors) {
    CandidateSet.Builder set = CandidateSet.newBuilder().setUserId(history.userId());
    for (int i = 0; i < posts.length; i++) {
      set.addCandidates(TweetInfo.newBuilder().setTweetId(posts[i]).setAuthorId(authors[i]));
    }
    return PredictNextActionsRequest.newBuilder().addSequences(message()).addCandidateSets(set);
  }

  ModelInferRequest inferRequest(String model, int topK) {
    int count = history.history().size();
    ByteBuffer posts = bytes(8 * count);
    ByteBuffer authors = bytes(8 * count);
    ByteBuffer actions = bytes(4 * ACTIONS * count);
    for (Engagement engagement : history.history()) {
      posts.putLong(engagement.postId());
      authors.putLong(engagement.authorId());
      for (int action = 0; action < ACTIONS; action++) {
        actions.putFloat(engagement.actions().getOrDefault(action, 0f));
      }
    }
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
    add(request, "user_id", "UINT64", bytes(8).putLong(history.userId()), 1);
    add(request, "history_post_ids", "UINT64", posts, count);
    add(request, "history_author_ids", "UINT64", authors, count);
    add(request, "history_actions", "FP32", actions, count, ACTIONS);
    add(request, "top_k", "INT32", bytes(4).putInt(topK), 1);
    return request.build();
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void add(
      ModelInferRequest.Builder request,
      String name,
      String datatype,
      ByteBuffer data,
      long... shape) {
    InferInputTensor.Builder input =
        InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
    for (long dimension : shape) {
      input.addShape(dimension);
    }
    request.addInputs(input).addRawInputContents(ByteString.copyFrom(data.flip()));
  }
}
