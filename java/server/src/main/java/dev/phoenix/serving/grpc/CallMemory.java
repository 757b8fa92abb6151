package dev.phoenix.serving.grpc;

import dev.phoenix.serving.EngineMetrics;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.RequestMemory;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts what calls hold: the bytes of messages as they arrive, even of one that never becomes
 * whole, and then what waits of them, until the stream ends in whatever way. A call that finds no
 * memory left, or whose message is larger than its method needs, is refused.
 */
final class CallMemory extends ServerStreamTracer.Factory implements ServerInterceptor {
  /** The largest message of methods that take neither histories nor posts. */
  static final int SMALL_MESSAGE_BYTES = 64 << 10;

  private static final Context.Key<Tracer> CURRENT = Context.key("phoenix-call-memory");
  private static final Context.Key<String> PEER = Context.key("phoenix-peer");

  /** The methods that take many posts. */
  private static final Set<String> LARGE =
      Set.of("phoenix.v1.Corpus/Put", "phoenix.v1.Corpus/Remove");

  private final RequestMemory memory;
  private final EngineMetrics metrics;

  CallMemory(RequestMemory memory, EngineMetrics metrics) {
    this.memory = memory;
    this.metrics = metrics;
  }

  /** Who asks in the current call: the address of the connection, without its port. */
  static String peer() {
    String peer = PEER.get();
    return peer == null ? "" : peer;
  }

  /**
   * Makes the current call hold {@code bytes} until it ends.
   *
   * @throws Rejection if there is no memory left
   */
  static void hold(long bytes) {
    Tracer tracer = CURRENT.get();
    if (tracer != null) {
      tracer.hold.resize(bytes);
    }
  }

  /**
   * Makes the current call hold {@code bytes} beside what has arrived of its message.
   *
   * @throws Rejection if there is no memory left
   */
  static void holdDecoded(long bytes) {
    Tracer tracer = CURRENT.get();
    if (tracer != null) {
      tracer.hold.resize(tracer.arrived + bytes);
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new Tracer(Inference.isName(method) || LARGE.contains(method));
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Tracer tracer = CURRENT.get();
    if (tracer != null) {
      tracer.call = call;
    }
    Context context = Context.current().withValue(PEER, peer(call));
    return Contexts.interceptCall(context, call, headers, next);
  }

  private static String peer(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address instanceof InetSocketAddress internet && internet.getAddress() != null
        ? internet.getAddress().getHostAddress()
        : String.valueOf(address);
  }

  /** What one stream holds. The transport calls its methods one after the other. */
  private final class Tracer extends ServerStreamTracer {
    private final RequestMemory.Hold hold = memory.open();
    private final boolean isLarge;
    private volatile long arrived;
    private volatile @Nullable ServerCall<?, ?> call;
    private boolean refused;

    Tracer(boolean isLarge) {
      this.isLarge = isLarge;
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(CURRENT, this);
    }

    @Override
    public void inboundWireSize(long bytes) {
      if (refused) {
        return;
      }
      long all = arrived + bytes;
      if (!isLarge && all > SMALL_MESSAGE_BYTES) {
        refuse(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "messages of this method: expected at most %d bytes"
                    .formatted(SMALL_MESSAGE_BYTES)));
        return;
      }
      try {
        hold.grow(bytes);
        arrived = all;
      } catch (Rejection noMemory) {
        refuse(Replies.status(noMemory, metrics));
      }
    }

    private void refuse(Status status) {
      refused = true;
      ServerCall<?, ?> refusedCall = call;
      if (refusedCall != null) {
        Replies.refuse(refusedCall, status, metrics);
      }
    }

    @Override
    public void streamClosed(Status status) {
      hold.close();
    }
  }
}
