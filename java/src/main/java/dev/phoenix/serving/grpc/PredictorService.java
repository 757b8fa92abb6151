package dev.phoenix.serving.grpc;

import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.ServingResponse.Scores;
import dev.phoenix.serving.Task;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import xai.recsys.v1.CandidateDistributionSet;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.NextActionDistribution;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.PredictNextActionsResponse;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.ReloadModelResponse;
import xai.recsys.v1.TweetInfo;

/**
 * Ranking for clients of the production service. A distribution holds logits and log-probabilities
 * by action index: of every action, or of those requested, in their order; as a map where one is
 * asked for.
 */
final class PredictorService extends RecsysPredictorGrpc.RecsysPredictorImplBase {
  private final ServingEngine engine;
  private final Replies replies;
  private final WireHistory histories;
  private final Reloads reloads;

  PredictorService(ServingEngine engine, FeedPolicy policy, Replies replies, Reloads reloads) {
    this.engine = engine;
    this.replies = replies;
    this.reloads = reloads;
    this.histories = new WireHistory(engine.limits(), policy);
  }

  @Override
  public void predictNextActions(
      PredictNextActionsRequest request, StreamObserver<PredictNextActionsResponse> observer) {
    replies.answer(
        observer, deadline -> requests(request, deadline), responses -> encode(request, responses));
  }

  @Override
  public void reloadModel(
      ReloadModelRequest request, StreamObserver<ReloadModelResponse> observer) {
    reloads.answer(request, observer);
  }

  /** The requests of a message. */
  List<ServingRequest> requests(PredictNextActionsRequest request, long deadlineNanos) {
    RequestLimits limits = engine.limits();
    if (request.getCandidateSetsCount() != 1) {
      throw new Rejection(
          Reason.INVALID,
          "candidateSets: expected exactly 1, found " + request.getCandidateSetsCount());
    }
    if (request.getSequencesCount() < 1) {
      throw new Rejection(Reason.INVALID, "sequences: expected at least 1, found 0");
    }
    RequestLimits.require("sequences", request.getSequencesCount(), limits.users());
    CandidateSet set = request.getCandidateSets(0);
    int count = RequestLimits.require("candidates", set.getCandidatesCount(), limits.candidates());
    long[] posts = new long[count];
    long[] authors = new long[count];
    for (int i = 0; i < count; i++) {
      posts[i] = set.getCandidates(i).getTweetId();
      authors[i] = set.getCandidates(i).getAuthorId();
    }
    requireIndices(request);
    Task task = new Task.Rank(posts, authors, set.getProductSurfaceValue());
    return request.getSequencesList().stream()
        .map(sequence -> new ServingRequest(histories.of(sequence), task, deadlineNanos))
        .toList();
  }

  private void requireIndices(PredictNextActionsRequest request) {
    ModelInfo model = engine.model();
    int actions = model == null ? 0 : model.ranker().numActions();
    require("requestedActionIndices", request.getRequestedActionIndicesList(), actions);
    require(
        "requestedContinuousActionIndices",
        request.getRequestedContinuousActionIndicesList(),
        model == null ? 0 : 8);
  }

  private static void require(String what, List<Integer> indices, int count) {
    RequestLimits.require(what, indices.size(), WireLimits.MOST_INDICES);
    for (int index : indices) {
      if (count > 0 && (index < 0 || index >= count)) {
        throw new Rejection(
            Reason.INVALID,
            "%s: expected indices below %d, found %s"
                .formatted(what, count, Integer.toUnsignedString(index)));
      }
    }
  }

  private PredictNextActionsResponse encode(
      PredictNextActionsRequest request, List<ServingResponse> responses) {
    PredictNextActionsResponse.Builder all = PredictNextActionsResponse.newBuilder();
    ModelInfo model = engine.model();
    if (model != null) {
      Duration delay = Duration.between(model.written(), model.loaded());
      all.setCheckpointLoadDelaySeconds(Math.max(0, delay.toSeconds()));
    }
    for (int i = 0; i < responses.size(); i++) {
      ServingResponse response = responses.get(i);
      CandidateDistributionSet.Builder set =
          CandidateDistributionSet.newBuilder()
              .setUserId(request.getSequences(i).getUserId())
              .setCheckpointPath(response.modelVersion());
      for (int candidate = 0; candidate < response.posts().count(); candidate++) {
        set.addCandidateDistributions(distribution(request, response, candidate));
      }
      all.addDistributionSets(set);
    }
    return all.build();
  }

  private static NextActionDistribution distribution(
      PredictNextActionsRequest request, ServingResponse response, int candidate) {
    TweetInfo.Builder tweet =
        TweetInfo.newBuilder().setTweetId(response.posts().postIds()[candidate]);
    if (!request.getReturnCandidateTweetIdOnly()) {
      tweet.setAuthorId(response.posts().authorIds()[candidate]);
    }
    NextActionDistribution.Builder out = NextActionDistribution.newBuilder().setCandidate(tweet);
    Scores scores = Objects.requireNonNull(response.scores());
    int at = candidate * scores.actions();
    for (int index : indices(request.getRequestedActionIndicesList(), scores.actions())) {
      float logit = scores.logits()[at + index];
      if (request.getReturnLogMap()) {
        out.putIndexToLogits(index, logit);
      } else {
        out.addLogits(logit);
      }
      out.addTopLogProbs(logProbability(logit));
    }
    int from = candidate * scores.continuous();
    for (int index :
        indices(request.getRequestedContinuousActionIndicesList(), scores.continuous())) {
      float value = scores.continuousValues()[from + index];
      if (request.getReturnLogMap()) {
        out.putIndexToContinuousValues(index, value);
      } else {
        out.addContinuousActionsValues(value);
      }
    }
    return out.build();
  }

  private static List<Integer> indices(List<Integer> requested, int count) {
    if (!requested.isEmpty()) {
      return requested;
    }
    List<Integer> all = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      all.add(index);
    }
    return all;
  }

  /** ln sigmoid(x). */
  static float logProbability(float logit) {
    double x = logit;
    return (float) (Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))));
  }
}
