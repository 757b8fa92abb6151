package dev.phoenix.compression;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.Locale;

/**
 * What a client's requests are compressed by; the server answers in what it was asked in. As an
 * interceptor, it compresses every call of a channel whose registries know it, which {@link
 * ZstdCodec#register} sees to.
 */
public enum Compression implements ClientInterceptor {
  /** Not at all. */
  NONE,
  /** RFC 1952. */
  GZIP,
  /** RFC 8878. */
  ZSTD;

  /** The name in {@code grpc-encoding}, except for {@link #NONE}, which needs no such header. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(method, this == NONE ? options : options.withCompression(toString()));
  }
}
