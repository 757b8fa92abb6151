package dev.phoenix.compression;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Records the encodings of a server's requests and those that its callers accept. */
public final class SeenEncodings implements ServerInterceptor {
  private final Set<String> requests = ConcurrentHashMap.newKeySet();
  private final Set<String> understood = ConcurrentHashMap.newKeySet();

  /** Creates an empty record. */
  public SeenEncodings() {}

  /** The encodings of all requests; {@code identity} for uncompressed ones. */
  public Set<String> requests() {
    return requests;
  }

  /** The encodings that callers accept, of all calls together. */
  public Set<String> understood() {
    return understood;
  }

  private static String text(Metadata headers, String name, String absent) {
    String value = headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    return Objects.requireNonNullElse(value, absent);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    requests.add(text(headers, "grpc-encoding", "identity"));
    understood.addAll(List.of(text(headers, "grpc-accept-encoding", "").split(",")));
    return next.startCall(call, headers);
  }
}
