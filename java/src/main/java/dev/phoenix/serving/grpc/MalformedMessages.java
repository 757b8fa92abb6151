package dev.phoenix.serving.grpc;

import dev.phoenix.serving.EngineMetrics;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Answers bytes that are no message as what they are, a wrong request. Left to the library they
 * count as an error of the server, with a stack trace in its log for each.
 */
final class MalformedMessages implements ServerInterceptor {
  private final EngineMetrics metrics;

  private MalformedMessages(EngineMetrics metrics) {
    this.metrics = metrics;
  }

  /** A service whose messages are parsed where this sees it. */
  static ServerServiceDefinition refusedBy(BindableService service, EngineMetrics metrics) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service.bindService()),
        new MalformedMessages(metrics));
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new Listener<>(next.startCall(call, headers), call);
  }

  /** Hears nothing more of a call once its message was refused. */
  private final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final long begin = System.nanoTime();
    private boolean refused;

    Listener(ServerCall.Listener<Q> next, ServerCall<Q, ?> call) {
      super(next);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      try {
        super.onMessage(message);
      } catch (StatusRuntimeException unparsed) {
        refused = true;
        Rejection why = new Rejection(Reason.INVALID, "expected a message of the method's type");
        Status status = Replies.status(why, metrics);
        metrics.answered(status.getCode().name(), System.nanoTime() - begin);
        call.close(status, new Metadata());
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }
}
