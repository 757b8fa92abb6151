package dev.phoenix.compression;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Zstandard streams for gRPC and HTTP. Source: RFC 8878. */
public final class Zstd {
  /** A fast level with about the ratio of gzip. */
  private static final int LEVEL = 3;

  /**
   * The largest window of a frame, 8 MiB: the size that decoders should support by the RFC. Without
   * a limit, a header alone could request 128 MiB.
   */
  private static final int MAX_WINDOW_LOG = 23;

  private Zstd() {}

  /** Compresses what is written; closing ends the frame. */
  public static OutputStream compress(OutputStream to) throws IOException {
    return new ZstdOutputStreamNoFinalizer(to, LEVEL);
  }

  /** Decompresses what is read; the caller must limit the decompressed size. */
  public static InputStream decompress(InputStream from) throws IOException {
    ZstdInputStreamNoFinalizer stream = new ZstdInputStreamNoFinalizer(from);
    stream.setLongMax(MAX_WINDOW_LOG);
    return stream;
  }
}
