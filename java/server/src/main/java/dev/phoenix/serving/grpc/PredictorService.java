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
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import xai.recsys.v1.CandidateDistributionSet;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.NextActionDistribution;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.PredictNextActionsResponse;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.ReloadModelResponse;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;

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
    this.histories = new WireHistory(engine.limits(), policy, engine::historyCut);
  }

  @Override
  public void predictNextActions(
      PredictNextActionsRequest request, StreamObserver<PredictNextActionsResponse> observer) {
    Asked asked = Asked.of(request);
    replies.answer(
        observer, deadline -> requests(request, deadline), responses -> encode(asked, responses));
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
    long shown = PostsChoice.of(request.getMetadata()).impressionSeconds();
    return request.getSequencesList().stream()
        .map(sequence -> new ServingRequest(histories.of(sequence), task, deadlineNanos, shown))
        .toList();
  }

  private void requireIndices(PredictNextActionsRequest request) {
    ModelInfo model = engine.model();
    int actions = model == null ? 0 : model.lastStage().actions().numActions();
    require("requestedActionIndices", request.getRequestedActionIndicesList(), actions);
    require(
        "requestedContinuousActionIndices",
        request.getRequestedContinuousActionIndicesList(),
        model == null ? 0 : model.lastStage().actions().numContinuousActions());
  }

  private static void require(String what, List<Integer> indices, int count) {
    RequestLimits.require(what, indices.size(), WireLimits.MAX_INDICES);
    for (int index : indices) {
      if (count > 0 && (index < 0 || index >= count)) {
        throw new Rejection(
            Reason.INVALID,
            "%s: expected indices below %d, found %s"
                .formatted(what, count, Integer.toUnsignedString(index)));
      }
    }
  }

  private PredictNextActionsResponse encode(Asked asked, List<ServingResponse> responses) {
    PredictNextActionsResponse.Builder all = PredictNextActionsResponse.newBuilder();
    // One version answers all requests of a call.
    ModelInfo model = responses.getFirst().model();
    Duration delay = Duration.between(model.written(), model.loaded());
    all.setCheckpointLoadDelaySeconds(Math.max(0, delay.toSeconds()));
    for (int i = 0; i < responses.size(); i++) {
      ServingResponse response = responses.get(i);
      Chosen chosen = Chosen.of(asked, Objects.requireNonNull(response.scores()));
      CandidateDistributionSet.Builder set =
          CandidateDistributionSet.newBuilder()
              .setUserId(asked.users()[i])
              .setCheckpointPath(model.name() + "/" + model.version());
      for (int candidate = 0; candidate < response.posts().count(); candidate++) {
        set.addCandidateDistributions(distribution(chosen, response, candidate));
      }
      all.addDistributionSets(set);
    }
    return all.build();
  }

  /**
   * What an answer needs to know of its message, which is large and is let go while the request
   * waits.
   */
  private record Asked(
      long[] users, boolean tweetIdOnly, boolean asMap, int[] actions, int[] continuous) {
    static Asked of(PredictNextActionsRequest request) {
      return new Asked(
          request.getSequencesList().stream().mapToLong(UserActionSequence::getUserId).toArray(),
          request.getReturnCandidateTweetIdOnly(),
          request.getReturnLogMap(),
          indices(request.getRequestedActionIndicesList()),
          indices(request.getRequestedContinuousActionIndicesList()));
    }

    private static int[] indices(List<Integer> requested) {
      return requested.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** Which outputs a caller is given of every candidate, and how. */
  private record Chosen(boolean tweetIdOnly, boolean asMap, int[] actions, int[] continuous) {
    static Chosen of(Asked asked, Scores scores) {
      return new Chosen(
          asked.tweetIdOnly(),
          asked.asMap(),
          orAll(asked.actions(), scores.actions()),
          orAll(asked.continuous(), scores.continuous()));
    }

    private static int[] orAll(int[] requested, int count) {
      return requested.length == 0 ? IntStream.range(0, count).toArray() : requested;
    }
  }

  private static NextActionDistribution distribution(
      Chosen chosen, ServingResponse response, int candidate) {
    TweetInfo.Builder tweet =
        TweetInfo.newBuilder().setTweetId(response.posts().postIds()[candidate]);
    if (!chosen.tweetIdOnly()) {
      tweet.setAuthorId(response.posts().authorIds()[candidate]);
    }
    NextActionDistribution.Builder out = NextActionDistribution.newBuilder().setCandidate(tweet);
    Scores scores = Objects.requireNonNull(response.scores());
    int at = candidate * scores.actions();
    for (int index : chosen.actions()) {
      float logit = scores.logits()[at + index];
      if (chosen.asMap()) {
        out.putIndexToLogits(index, logit);
      } else {
        out.addLogits(logit);
      }
      out.addTopLogProbs(logProbability(logit));
    }
    int from = candidate * scores.continuous();
    for (int index : chosen.continuous()) {
      float value = scores.continuousValues()[from + index];
      if (chosen.asMap()) {
        out.putIndexToContinuousValues(index, value);
      } else {
        out.addContinuousActionsValues(value);
      }
    }
    return out.build();
  }

  /** ln sigmoid(x). */
  static float logProbability(float logit) {
    double x = logit;
    return (float) (Math.min(x, 0) - log1p(Math.exp(-Math.abs(x))));
  }

  /**
   * ln(1 + y) for y in [0, 1]. The library's is ten times slower than its logarithm; what 1 + y
   * rounds away is put back by the last factor.
   */
  private static double log1p(double y) {
    double sum = 1 + y;
    return sum == 1 ? y : Math.log(sum) * (y / (sum - 1));
  }
}
