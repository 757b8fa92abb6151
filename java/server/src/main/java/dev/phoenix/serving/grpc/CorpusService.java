package dev.phoenix.serving.grpc;

import dev.phoenix.corpus.CorpusBusyException;
import dev.phoenix.corpus.CorpusStatistics;
import dev.phoenix.corpus.CorpusUnavailableException;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.SearchableCorpus;
import dev.phoenix.corpus.UnknownCorpusException;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import phoenix.v1.CorpusGrpc;
import phoenix.v1.CorpusStats;
import phoenix.v1.CorpusStatsRequest;
import phoenix.v1.CorpusStatsResponse;
import phoenix.v1.Post;
import phoenix.v1.PutPostsRequest;
import phoenix.v1.PutPostsResponse;
import phoenix.v1.RemovePostsRequest;
import phoenix.v1.RemovePostsResponse;

/**
 * Changes of corpora over gRPC. Changes need the admin token. They are answered once they are
 * durable and visible to every later request.
 */
final class CorpusService extends CorpusGrpc.CorpusImplBase {
  private final ServingEngine engine;
  private final BearerToken token;

  CorpusService(ServingEngine engine, BearerToken token) {
    this.engine = engine;
    this.token = token;
  }

  @Override
  public void put(PutPostsRequest request, StreamObserver<PutPostsResponse> observer) {
    if (Authorization.granted(token, observer)) {
      answer(observer, () -> put(request));
    }
  }

  private PutPostsResponse put(PutPostsRequest request) {
    RequestLimits.require("posts", request.getPostsCount(), LiveCorpus.MAX_CHANGES);
    List<dev.phoenix.corpus.Post> posts = new ArrayList<>();
    for (Post post : request.getPostsList()) {
      posts.add(
          new dev.phoenix.corpus.Post(
              post.getPostId(),
              post.getAuthorId(),
              post.getTopic(),
              post.getAttributes(),
              post.getCreated()));
    }
    int replaced = engine.withCorpora(corpora -> corpora.live(request.getCorpus()).add(posts));
    return PutPostsResponse.newBuilder().setReplaced(replaced).build();
  }

  @Override
  public void remove(RemovePostsRequest request, StreamObserver<RemovePostsResponse> observer) {
    if (Authorization.granted(token, observer)) {
      answer(observer, () -> remove(request));
    }
  }

  private RemovePostsResponse remove(RemovePostsRequest request) {
    RequestLimits.require("post ids", request.getPostIdsCount(), LiveCorpus.MAX_CHANGES);
    int removed =
        engine.withCorpora(
            corpora -> corpora.live(request.getCorpus()).remove(request.getPostIdsList()));
    return RemovePostsResponse.newBuilder().setRemoved(removed).build();
  }

  @Override
  public void stats(CorpusStatsRequest request, StreamObserver<CorpusStatsResponse> observer) {
    answer(
        observer,
        () -> {
          CorpusStatsResponse.Builder all = CorpusStatsResponse.newBuilder();
          for (SearchableCorpus corpus : engine.withCorpora(corpora -> corpora.all())) {
            all.addCorpora(encode(corpus.name(), corpus.statistics()));
          }
          return all.build();
        });
  }

  private static CorpusStats encode(String name, CorpusStatistics statistics) {
    return CorpusStats.newBuilder()
        .setCorpus(name)
        .setPosts(statistics.posts())
        .setVersion(statistics.version())
        .setSegments(statistics.segments())
        .setLooseRows(statistics.looseRows())
        .setPuts(statistics.puts())
        .setRemoves(statistics.removes())
        .setCompactions(statistics.compactions())
        .setFailedCompactions(statistics.failedCompactions())
        .setLogBytes(statistics.logBytes())
        .build();
  }

  private <R> void answer(StreamObserver<R> observer, Supplier<R> change) {
    R response;
    try {
      response = change.get();
    } catch (RuntimeException failed) {
      observer.onError(status(failed).asRuntimeException());
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }

  private Status status(RuntimeException failed) {
    return switch (failed) {
      case CorpusBusyException busy -> Status.RESOURCE_EXHAUSTED.withDescription(busy.getMessage());
      case CorpusUnavailableException full -> Status.UNAVAILABLE.withDescription(full.getMessage());
      case UnknownCorpusException unknown -> Status.NOT_FOUND.withDescription(unknown.getMessage());
      case UnsupportedOperationException fixed ->
          Status.FAILED_PRECONDITION.withDescription(fixed.getMessage());
      case IllegalArgumentException wrong ->
          Status.INVALID_ARGUMENT.withDescription(wrong.getMessage());
      case Rejection refused -> Replies.status(refused, engine.metrics());
      default -> Replies.status(failed, engine.metrics());
    };
  }
}
