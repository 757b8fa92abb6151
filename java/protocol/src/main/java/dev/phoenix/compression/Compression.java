package dev.phoenix.compression;

import java.util.Locale;

/**
 * The compression of a client's requests; the server uses the same for responses. It does not
 * depend on gRPC, so that a command line can offer it without gRPC on the class path.
 */
public enum Compression {
  /** No compression. */
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
