package dev.phoenix.compression;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Compresses every call of a channel whose registries have the codec, see {@link
 * ZstdCodec#register}.
 *
 * @param by the compression
 */
public record CompressedCalls(Compression by) implements ClientInterceptor {
  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(
        method, by == Compression.NONE ? options : options.withCompression(by.toString()));
  }
}
