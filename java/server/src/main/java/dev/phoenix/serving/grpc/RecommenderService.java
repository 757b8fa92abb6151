package dev.phoenix.serving.grpc;

import dev.phoenix.corpus.Filter;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.serving.CorpusChoice;
import dev.phoenix.serving.Exclusion;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.ServingResponse.Posts;
import dev.phoenix.serving.ServingResponse.Scores;
import dev.phoenix.serving.Task;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import phoenix.v1.CorpusSelection;
import phoenix.v1.RankedPost;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import phoenix.v1.Timing;

/** Retrieval and ranking in one call. */
final class RecommenderService extends RecommenderGrpc.RecommenderImplBase {
  private static final long NANOS_PER_MICRO = 1000;

  private final ServingEngine engine;
  private final FeedPolicy policy;
  private final Replies replies;
  private final WireHistory histories;

  RecommenderService(ServingEngine engine, FeedPolicy policy, Replies replies) {
    this.engine = engine;
    this.policy = policy;
    this.replies = replies;
    this.histories = new WireHistory(engine.limits(), policy, engine::historyCut);
  }

  @Override
  public void recommend(RecommendRequest request, StreamObserver<RecommendResponse> observer) {
    int asked = request.getTopK() == 0 ? policy.defaultTopK() : request.getTopK();
    int topK = asked < 0 ? Integer.MAX_VALUE : asked;
    Form form = new Form(request, policy.scoring());
    replies.answer(
        observer,
        deadline -> {
          ScoringOptions scoring = WireScoring.options(request, policy);
          policy.check(scoring, engine.model());
          form.scoring = scoring;
          return List.of(
              new ServingRequest(
                  histories.of(request.getSequence(), request.getUserIpId()),
                  new Task.Recommend(
                      topK,
                      choice(request.getSelection()),
                      exclusion(request),
                      Task.Vectors.neededBy(scoring)),
                  deadline,
                  request.getImpressionTime()));
        },
        responses -> encode(form, responses.getFirst()));
  }

  private static Exclusion exclusion(RecommendRequest request) {
    Optional<Exclude> history =
        switch (request.getExclude()) {
          case EXCLUDE_SEEN -> Optional.of(Exclude.SEEN);
          case EXCLUDE_NONE -> Optional.of(Exclude.NONE);
          case EXCLUDE_DEFAULT -> Optional.empty();
          case UNRECOGNIZED ->
              throw new Rejection(
                  Rejection.Reason.INVALID,
                  "exclude: expected 0 to 2, found " + request.getExcludeValue());
        };
    long[] posts = request.getExcludedPostIdsList().stream().mapToLong(id -> id).toArray();
    return new Exclusion(history, ExcludedPosts.of(posts));
  }

  private static CorpusChoice choice(CorpusSelection selection) {
    return new CorpusChoice(
        selection.getCorporaList(),
        new Filter(selection.getAll(), selection.getAny(), selection.getNone()));
  }

  /** The fields that the response needs, so that the message is not kept while queued. */
  private static final class Form {
    private final long userId;
    private final int limit;
    private final boolean scoresOnly;
    private final boolean explain;
    private volatile ScoringOptions scoring;

    Form(RecommendRequest request, ScoringOptions scoring) {
      this.userId = request.getSequence().getUserId();
      this.limit = request.getLimit() <= 0 ? Integer.MAX_VALUE : request.getLimit();
      this.scoresOnly = request.getScoresOnly();
      this.explain = request.getExplain();
      this.scoring = scoring;
    }
  }

  private RecommendResponse encode(Form form, ServingResponse response) {
    Posts posts = response.posts();
    Scores scores = response.scores();
    int actions = form.scoresOnly || scores == null ? 0 : scores.actions();
    Ranking ranking = policy.rank(response, form.scoring, form.limit);
    RecommendResponse.Builder feed =
        RecommendResponse.newBuilder()
            .setUserId(form.userId)
            .setModelVersion(response.modelVersion())
            .setTiming(timing(response.timing()));
    for (int rank = 0; rank < Math.min(form.limit, posts.count()); rank++) {
      int i = ranking.candidate(rank);
      RankedPost.Builder post =
          RankedPost.newBuilder()
              .setPostId(posts.postIds()[i])
              .setAuthorId(posts.authorIds()[i])
              .setWeightedScore((float) ranking.score(i))
              .setRetrievalScore(posts.retrievalScores()[i])
              .setCreated(posts.created()[i])
              .setTopic(Objects.requireNonNullElse(posts.topics()[i], ""));
      for (int action = 0; scores != null && action < actions; action++) {
        post.addProbabilities(scores.probabilities()[i * actions + action]);
      }
      if (form.explain) {
        post.setExplanation(WireScoring.encode(ranking.explain(rank)));
      }
      feed.addPosts(post);
    }
    if (form.explain) {
      ranking.scorer().notice().ifPresent(feed::setNotice);
    }
    return feed.build();
  }

  private static Timing timing(ServingResponse.Timing timing) {
    return Timing.newBuilder()
        .setQueueUs(timing.queueNanos() / NANOS_PER_MICRO)
        .setRetrievalUs(timing.retrievalNanos() / NANOS_PER_MICRO)
        .setRankingUs(timing.rankingNanos() / NANOS_PER_MICRO)
        .setBatchSize(timing.batchSize())
        .setHistoryWasKept(timing.history().wasKept())
        .setHistoryEvents(timing.history().events())
        .setHistoryUsed(timing.history().used())
        .build();
  }
}
