package dev.phoenix.compression;

import java.util.Locale;

/**
 * What a client's requests are compressed by; the server answers in what it was asked in. It knows
 * nothing of gRPC, so that a command line that offers it can be read where gRPC is not.
 */
public enum Compression {
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
}
