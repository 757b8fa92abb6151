package dev.phoenix.compression;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Messages in zstd. How large one may become is enforced by gRPC while it is decompressed, as it is
 * for gzip.
 */
public final class ZstdCodec implements Codec {
  /** The codec; it has no state. */
  public ZstdCodec() {}

  /** Gzip and zstd, for a server or a channel to answer or ask in. */
  public static CompressorRegistry compressors() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(Codec.Identity.NONE);
    registry.register(new Codec.Gzip());
    registry.register(new ZstdCodec());
    return registry;
  }

  /** Gzip and zstd, for a server or a channel to understand. */
  public static DecompressorRegistry decompressors() {
    return DecompressorRegistry.getDefaultInstance().with(new ZstdCodec(), true);
  }

  /** Lets a channel ask in gzip and zstd and understand them, and say so; returns its builder. */
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
