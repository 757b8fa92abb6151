package dev.phoenix.serving.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.Locale;

/** Logs every call with its status and duration where the access log is on. */
final class LoggedCalls implements ServerInterceptor {
  /** The access log; its level decides whether it is on. */
  private static final System.Logger ACCESS = System.getLogger("dev.phoenix.access.grpc");

  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return ACCESS.isLoggable(Level.INFO)
        ? next.startCall(new Logged<>(call), headers)
        : next.startCall(call, headers);
  }

  private static final class Logged<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final long begin = System.nanoTime();

    Logged(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(status, trailers);
      ACCESS.log(
          Level.INFO,
          () ->
              String.format(
                  Locale.ROOT,
                  "call=%s status=%s duration_ms=%.3f peer=%s",
                  getMethodDescriptor().getFullMethodName(),
                  status.getCode(),
                  (System.nanoTime() - begin) / NANOS_PER_MILLI,
                  getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
    }
  }
}
