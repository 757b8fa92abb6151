package dev.phoenix.compression;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Zstandard as every port speaks it. Source: RFC 8878. */
public final class Zstd {
  /** Fast, and the ratio of gzip: what costs time here is answers, not bytes. */
  private static final int LEVEL = 3;

  /**
   * The largest window that a frame may ask for, 8 MiB: all that the RFC says decoders should
   * support. A header alone can otherwise ask for 128 MiB.
   */
  private static final int MAX_WINDOW_LOG = 23;

  private Zstd() {}

  /** Compresses what is written; closing ends the frame. */
  public static OutputStream compress(OutputStream to) throws IOException {
    return new ZstdOutputStreamNoFinalizer(to, LEVEL);
  }

  /** Decompresses what is read, however much that is: the caller stops at the limit. */
  public static InputStream decompress(InputStream from) throws IOException {
    ZstdInputStreamNoFinalizer stream = new ZstdInputStreamNoFinalizer(from);
    stream.setLongMax(MAX_WINDOW_LOG);
    return stream;
  }
}
