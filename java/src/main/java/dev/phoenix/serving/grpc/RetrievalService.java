package dev.phoenix.serving.grpc;

import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.ServingResponse.Posts;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.ReloadModelResponse;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.RetrieveTopKCandidatesResponse;
import xai.recsys.v1.ScoredCandidate;
import xai.recsys.v1.ScoredCandidates;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;

/** Retrieval for clients of the production service: a sequence per user, in order. */
final class RetrievalService extends RecsysRetrievalPredictorGrpc.RecsysRetrievalPredictorImplBase {
  private final ServingEngine engine;
  private final FeedPolicy policy;
  private final Replies replies;
  private final WireHistory histories;
  private final Reloads reloads;

  RetrievalService(ServingEngine engine, FeedPolicy policy, Replies replies, Reloads reloads) {
    this.engine = engine;
    this.policy = policy;
    this.replies = replies;
    this.reloads = reloads;
    this.histories = new WireHistory(engine.limits(), policy);
  }

  @Override
  public void retrieveTopKCandidates(
      RetrieveTopKCandidatesRequest request,
      StreamObserver<RetrieveTopKCandidatesResponse> observer) {
    replies.answer(
        observer, deadline -> requests(request, deadline), responses -> encode(request, responses));
  }

  @Override
  public void reloadModel(
      ReloadModelRequest request, StreamObserver<ReloadModelResponse> observer) {
    reloads.answer(request, observer);
  }

  /** The requests of a message. */
  List<ServingRequest> requests(RetrieveTopKCandidatesRequest request, long deadline) {
    int users = request.getUserIdsCount();
    int sequences = request.getSequencesCount();
    if (sequences < 1 || (users > 0 && users != sequences)) {
      throw new Rejection(
          Reason.INVALID,
          "expected a sequence for every user, found %d user_ids and %d sequences"
              .formatted(users, sequences));
    }
    RequestLimits.require("sequences", sequences, engine.limits().users());
    int topK = request.getTopK() == 0 ? policy.defaultTopK() : request.getTopK();
    Task task =
        new Task.Retrieve(
            topK < 0 ? Integer.MAX_VALUE : topK, PostsChoice.of(request.getMetadata()));
    List<ServingRequest> all = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      UserHistory user = histories.of(sequence(request, i));
      all.add(new ServingRequest(user, task, deadline));
    }
    return all;
  }

  /** The user that is named beside a sequence, where one is. */
  private static UserActionSequence sequence(RetrieveTopKCandidatesRequest request, int i) {
    UserActionSequence sequence = request.getSequences(i);
    return sequence.getUserId() == 0 && request.getUserIdsCount() > 0
        ? sequence.toBuilder().setUserId(request.getUserIds(i)).build()
        : sequence;
  }

  private static RetrieveTopKCandidatesResponse encode(
      RetrieveTopKCandidatesRequest request, List<ServingResponse> responses) {
    RetrieveTopKCandidatesResponse.Builder all = RetrieveTopKCandidatesResponse.newBuilder();
    for (int i = 0; i < responses.size(); i++) {
      Posts posts = responses.get(i).posts();
      ScoredCandidates.Builder found =
          ScoredCandidates.newBuilder().setUserId(sequence(request, i).getUserId());
      for (int post = 0; post < posts.count(); post++) {
        found.addCandidates(
            ScoredCandidate.newBuilder()
                .setCandidate(
                    TweetInfo.newBuilder()
                        .setTweetId(posts.postIds()[post])
                        .setAuthorId(posts.authorIds()[post]))
                .setScore(posts.retrievalScores()[post])
                .setSourceIdx(posts.corpusIndices()[post]));
      }
      all.addTopKCandidates(found);
    }
    return all.build();
  }
}
