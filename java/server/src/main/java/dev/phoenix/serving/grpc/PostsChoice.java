package dev.phoenix.serving.grpc;

import dev.phoenix.serving.PostSelection;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * The selection of posts in calls of the production services. Their messages have no field for it.
 * It is in the header {@code phoenix-posts}, or in the message's metadata after {@code
 * phoenix-posts:}, which takes precedence. Other metadata is ignored.
 */
final class PostsChoice implements ServerInterceptor {
  private static final String NAME = "phoenix-posts";
  private static final Context.Key<String> SAID = Context.key(NAME);
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of(NAME, Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String said = headers.get(HEADER);
    return said == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(SAID, said), call, headers, next);
  }

  /**
   * The selection of the current call.
   *
   * @param metadata the metadata of the message
   * @throws dev.phoenix.serving.Rejection if it is not of the form of {@link PostSelection#parse}
   */
  static PostSelection of(String metadata) {
    String prefix = NAME + ":";
    @Nullable String said =
        metadata.startsWith(prefix) ? metadata.substring(prefix.length()) : SAID.get();
    return said == null ? PostSelection.DEFAULT : PostSelection.parse(said);
  }
}
