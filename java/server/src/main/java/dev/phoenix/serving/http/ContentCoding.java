package dev.phoenix.serving.http;

import dev.phoenix.compression.Zstd;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The content codings of bodies. Source: RFC 9110, section 8.4. */
enum ContentCoding {
  /** No compression. */
  IDENTITY,
  /** RFC 1952. */
  GZIP,
  /** RFC 8878. */
  ZSTD;

  /** Bytes below which compression costs more than it saves. */
  private static final int WORTHWHILE = 1024;

  /** The name in headers. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The coding of a request's body; empty for none. */
  static ContentCoding of(String header) {
    String name = header.strip().toLowerCase(Locale.ROOT);
    return switch (name) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      case "zstd" -> ZSTD;
      default ->
          throw new Rejection(Reason.INVALID, "Content-Encoding: expected gzip or zstd, alone");
    };
  }

  /**
   * The best coding that the caller accepts for a body of {@code length} bytes.
   *
   * @param accepted the value of {@code Accept-Encoding}: names with weights, 0 for unwanted ones
   */
  static ContentCoding best(String accepted, int length) {
    ContentCoding best = IDENTITY;
    for (String item : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = item.split(";", -1);
      boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0{0,3})?");
      String name = parts[0].strip();
      if (length < WORTHWHILE || refused) {
        continue;
      }
      if (name.equals(ZSTD.label())) {
        return ZSTD;
      }
      best = name.equals(GZIP.label()) ? GZIP : best;
    }
    return best;
  }

  /** Decompresses {@code from}. */
  InputStream decode(InputStream from) throws IOException {
    return switch (this) {
      case IDENTITY -> from;
      case GZIP -> new GZIPInputStream(from);
      case ZSTD -> Zstd.decompress(from);
    };
  }

  /** Compresses {@code body}. */
  byte[] encode(byte[] body) {
    if (this == IDENTITY) {
      return body;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 2);
    try (OutputStream out = this == GZIP ? new GZIPOutputStream(bytes) : Zstd.compress(bytes)) {
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("a body cannot be compressed", e);
    }
    return bytes.toByteArray();
  }
}
