package dev.phoenix.serving.grpc;

import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.PostSelection;
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
import java.util.stream.IntStream;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.ReloadModelResponse;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.RetrieveTopKCandidatesResponse;
import xai.recsys.v1.ScoredCandidate;
import xai.recsys.v1.ScoredCandidates;
import xai.recsys.v1.TweetInfo;
import xai.recsys.v1.UserActionSequence;

/** Retrieval for clients of the production service: one sequence per user, in order. */
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
    this.histories = new WireHistory(engine.limits(), policy, engine::historyCut);
  }

  @Override
  public void retrieveTopKCandidates(
      RetrieveTopKCandidatesRequest request,
      StreamObserver<RetrieveTopKCandidatesResponse> observer) {
    // Copied, so that the message is not kept while the request is queued.
    long[] users =
        IntStream.range(0, request.getSequencesCount()).mapToLong(i -> user(request, i)).toArray();
    replies.answer(
        observer, deadline -> requests(request, deadline), responses -> encode(users, responses));
  }

  @Override
  public void reloadModel(
      ReloadModelRequest request, StreamObserver<ReloadModelResponse> observer) {
    reloads.answer(request, observer);
  }

  /** Decodes a message into one request per user. */
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
    PostSelection posts = PostsChoice.of(request.getMetadata());
    Task task =
        new Task.Retrieve(topK < 0 ? Integer.MAX_VALUE : topK, posts.choice(), posts.exclusion());
    List<ServingRequest> all = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      UserHistory user = histories.of(sequence(request, i));
      all.add(new ServingRequest(user, task, deadline, posts.impressionSeconds()));
    }
    return all;
  }

  private static UserActionSequence sequence(RetrieveTopKCandidatesRequest request, int i) {
    UserActionSequence sequence = request.getSequences(i);
    long user = user(request, i);
    return sequence.getUserId() == user ? sequence : sequence.toBuilder().setUserId(user).build();
  }

  /** The user of sequence {@code i}, or the one in {@code user_ids} if the sequence has none. */
  private static long user(RetrieveTopKCandidatesRequest request, int i) {
    long user = request.getSequences(i).getUserId();
    return user == 0 && i < request.getUserIdsCount() ? request.getUserIds(i) : user;
  }

  private static RetrieveTopKCandidatesResponse encode(
      long[] users, List<ServingResponse> responses) {
    RetrieveTopKCandidatesResponse.Builder all = RetrieveTopKCandidatesResponse.newBuilder();
    for (int i = 0; i < responses.size(); i++) {
      Posts posts = responses.get(i).posts();
      ScoredCandidates.Builder found = ScoredCandidates.newBuilder().setUserId(users[i]);
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
