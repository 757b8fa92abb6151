package dev.phoenix.serving.grpc;

import dev.phoenix.serving.BearerToken;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Makes the authorization header of a call available to handlers. */
final class Authorization implements ServerInterceptor {
  private static final Context.Key<String> SHOWN = Context.key("authorization");
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String shown = headers.get(HEADER);
    return shown == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(SHOWN, shown), call, headers, next);
  }

  /** Whether the current call has the token; if not, refuses the call. */
  static boolean granted(BearerToken token, StreamObserver<?> observer) {
    if (token.suits(SHOWN.get())) {
      return true;
    }
    String why = token.isOn() ? "the admin token is needed" : "administration is off";
    observer.onError(Status.PERMISSION_DENIED.withDescription(why).asRuntimeException());
    return false;
  }
}
