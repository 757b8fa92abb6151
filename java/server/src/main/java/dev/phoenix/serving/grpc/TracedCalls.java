package dev.phoenix.serving.grpc;

import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.tracing.CallSpan;
import dev.phoenix.serving.tracing.Tracing;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a span for every call. As the outermost interceptor it includes refused calls. */
final class TracedCalls implements ServerInterceptor {
  private static final Context.Key<CallSpan> SPAN = Context.key("span");
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");

  private final Tracing tracing;

  TracedCalls(Tracing tracing) {
    this.tracing = tracing;
  }

  /** Adds the engine's requests to the span of the current call, if it is traced. */
  static void asks(List<PendingRequest> asked) {
    CallSpan span = SPAN.get();
    if (span != null) {
      span.asks(asked);
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CallSpan span = begin(call.getMethodDescriptor(), headers);
    Context context = Context.current().withValue(SPAN, span);
    try {
      return new Listener<>(
          Contexts.interceptCall(context, new Call<>(call, span), headers, next), context, span);
    } catch (RuntimeException failed) {
      end(span, Status.Code.UNKNOWN);
      throw failed;
    }
  }

  private CallSpan begin(MethodDescriptor<?, ?> method, Metadata headers) {
    return tracing.begin(
        method.getFullMethodName(),
        Attributes.of(
            SYSTEM,
            "grpc",
            SERVICE,
            Objects.requireNonNull(method.getServiceName()),
            METHOD,
            Objects.requireNonNull(method.getBareMethodName())),
        name -> headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }

  private static void end(CallSpan span, Status.Code code) {
    span.end(Attributes.of(STATUS, (long) code.value()), error(code));
  }

  /** The code if it is the server's failure by OpenTelemetry's convention; null otherwise. */
  private static @Nullable String error(Status.Code code) {
    return switch (code) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
          code.name();
      default -> null;
    };
  }

  /** Ends the span with the status that the call is closed with. */
  private static final class Call<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final CallSpan span;

    Call(ServerCall<Q, R> call, CallSpan span) {
      super(call);
      this.span = span;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      end(span, status.getCode());
      super.close(status, trailers);
    }
  }

  /** Ends the span of a call that was cancelled or whose handler threw. */
  private static final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Context context;
    private final CallSpan span;

    Listener(ServerCall.Listener<Q> listener, Context context, CallSpan span) {
      super(listener);
      this.context = context;
      this.span = span;
    }

    @Override
    public void onCancel() {
      Deadline deadline = context.getDeadline();
      boolean late = deadline != null && deadline.isExpired();
      end(span, late ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED);
      super.onCancel();
    }

    @Override
    public void onComplete() {
      super.onComplete();
      // Only has an effect if the handler threw; gRPC closes such a call itself.
      end(span, Status.Code.UNKNOWN);
    }
  }
}
