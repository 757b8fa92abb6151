package dev.phoenix.compression;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The zstd codec of gRPC messages. gRPC limits the decompressed size, as for gzip. */
public final class ZstdCodec implements Codec {
  /** The codec; it has no state. */
  public ZstdCodec() {}

  /** The compressors of servers and channels: gzip and zstd. */
  public static CompressorRegistry compressors() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(Codec.Identity.NONE);
    registry.register(new Codec.Gzip());
    registry.register(new ZstdCodec());
    return registry;
  }

  /** The decompressors of servers and channels: gzip and zstd. */
  public static DecompressorRegistry decompressors() {
    return DecompressorRegistry.getDefaultInstance().with(new ZstdCodec(), true);
  }

  /** Registers gzip and zstd for sending and receiving; returns {@code channel}. */
  public static ManagedChannelBuilder<?> register(ManagedChannelBuilder<?> channel) {
    return channel.compressorRegistry(compressors()).decompressorRegistry(decompressors());
  }

  @Override
  public String getMessageEncoding() {
    return Compression.ZSTD.toString();
  }

  @Override
  public OutputStream compress(OutputStream to) throws IOException {
    return Zstd.compress(to);
  }

  @Override
  public InputStream decompress(InputStream from) throws IOException {
    return Zstd.decompress(from);
  }
}
