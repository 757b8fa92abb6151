package dev.phoenix.serving.grpc;

import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;

/** What the server is built with of {@link dev.phoenix.compression.ZstdCodec}. */
final class ZstdCodec {
  private ZstdCodec() {}

  /** Gzip and zstd, to answer in. */
  static CompressorRegistry compressors() {
    return dev.phoenix.compression.ZstdCodec.compressors();
  }

  /** Gzip and zstd, to understand. */
  static DecompressorRegistry decompressors() {
    return dev.phoenix.compression.ZstdCodec.decompressors();
  }
}
