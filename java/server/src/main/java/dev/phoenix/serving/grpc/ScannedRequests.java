package dev.phoenix.serving.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import dev.phoenix.serving.EngineMetrics;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Checks the bytes of every request against the limits before parsing. The service receives only
 * messages whose counts are within their limits.
 */
final class ScannedRequests implements ServerInterceptor {
  /** What the parser allocates for a part of a message, about. */
  private static final int PART_BYTES = 64;

  private static final int CHUNK_BYTES = 64 << 10;

  private final WireLimits limits;
  private final EngineMetrics metrics;

  private ScannedRequests(WireLimits limits, EngineMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /** Wraps {@code service} with the check. */
  static ServerServiceDefinition before(
      ServerServiceDefinition service, WireLimits limits, EngineMetrics metrics) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service), new ScannedRequests(limits, metrics));
  }

  /** A stream over bytes in memory that tells the parser its length. */
  private static final class Scanned extends ByteArrayInputStream implements KnownLength {
    Scanned(byte[] bytes) {
      super(bytes);
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!(call.getMethodDescriptor().getSchemaDescriptor()
        instanceof ProtoMethodDescriptorSupplier schema)) {
      throw new IllegalStateException("a method without a schema");
    }
    return new Scanning<>(next.startCall(call, headers), call, schema);
  }

  private final class Scanning<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final Descriptor type;
    private boolean refused;

    Scanning(
        ServerCall.Listener<Q> next, ServerCall<Q, ?> call, ProtoMethodDescriptorSupplier schema) {
      super(next);
      this.call = call;
      this.type = schema.getMethodDescriptor().getInputType();
    }

    @Override
    public void onMessage(Q message) {
      if (refused) {
        return;
      }
      try {
        byte[] bytes = read((InputStream) message);
        int parts = WireScan.check(limits, bytes, type);
        CallMemory.holdDecoded(bytes.length + (long) parts * PART_BYTES);
        @SuppressWarnings("unchecked") // The service takes streams: that is what was asked for.
        Q scanned = (Q) new Scanned(bytes);
        super.onMessage(scanned);
      } catch (Rejection tooMuch) {
        refuse(Replies.status(tooMuch, metrics));
      } catch (StatusRuntimeException wrong) {
        // The message is too large or malformed; the cause is not sent to the caller.
        boolean large = wrong.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
        refuse(large ? wrong.getStatus().withCause(null) : malformed());
      } catch (IOException torn) {
        refuse(malformed());
      }
    }

    /** Reads a message, which may be compressed, and holds memory for what it becomes. */
    private static byte[] read(InputStream message) throws IOException {
      byte[] bytes = new byte[0];
      int length = 0;
      while (true) {
        byte[] more = message.readNBytes(Math.max(CHUNK_BYTES, length));
        if (more.length == 0) {
          return bytes;
        }
        CallMemory.holdDecoded((long) length + more.length);
        bytes = length == 0 ? more : Arrays.copyOf(bytes, length + more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
      }
    }

    private Status malformed() {
      String what = "the message is no " + type.getName();
      return Replies.status(new Rejection(Reason.INVALID, what), metrics);
    }

    private void refuse(Status status) {
      refused = true;
      Replies.refuse(call, status, metrics);
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }
}
