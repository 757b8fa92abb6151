package dev.phoenix.bench.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Encodes the headers of calls of one gRPC method, and reads the status from trailers. It uses
 * literals only, which every peer accepts; a peer without a dynamic table sends only literals and
 * static entries. Source: RFC 7541.
 */
final class LeanHeaders {
  private static final int STATIC_ENTRIES = 61;
  private static final int MAX_TEXT_BYTES = 126;
  private static final byte[] STATUS = ascii("grpc-status");

  private final byte[] constant;

  LeanHeaders(InetSocketAddress address, String method) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    header(block, ":method", "POST");
    header(block, ":scheme", "http");
    header(block, ":path", "/" + method);
    header(block, ":authority", address.getHostString() + ":" + address.getPort());
    header(block, "te", "trailers");
    header(block, "content-type", "application/grpc");
    this.constant = block.toByteArray();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void header(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    if (text.length() > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException("a header of " + text.length() + " characters: " + text);
    }
    block.write(text.length());
    block.writeBytes(ascii(text));
  }

  /** The headers of a call with this timeout. */
  byte[] of(long deadlineNanos) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(constant);
    // The header allows at most 8 digits.
    long micros = TimeUnit.NANOSECONDS.toMicros(deadlineNanos);
    boolean fits = micros < 100_000_000;
    header(block, "grpc-timeout", fits ? micros + "u" : micros / 1000 + "m");
    return block.toByteArray();
  }

  /**
   * The gRPC status in the trailers of an answer.
   *
   * @throws IOException if there is none, or if a header uses the dynamic table
   */
  static int status(byte[] block) throws IOException {
    return new Walk(block).status();
  }

  /** A reader of a header block. */
  private static final class Walk {
    private final byte[] block;
    private int at;

    Walk(byte[] block) {
      this.block = block;
    }

    int status() throws IOException {
      while (at < block.length) {
        int first = block[at] & 0xFF;
        if ((first & 0x80) != 0) {
          requireStatic(number(7));
        } else if ((first & 0xE0) == 0x20) {
          number(5);
        } else {
          int name = number((first & 0xC0) == 0x40 ? 6 : 4);
          boolean status = name == 0 && isStatus(text());
          requireStatic(name);
          byte[] value = text();
          if (status) {
            return Integer.parseInt(new String(value, StandardCharsets.US_ASCII));
          }
        }
      }
      throw new IOException("an answer that ends without a status");
    }

    private static boolean isStatus(byte[] name) {
      return Arrays.equals(name, STATUS);
    }

    private static void requireStatic(int index) throws IOException {
      if (index > STATIC_ENTRIES) {
        throw new IOException("a header that was to be remembered: " + index);
      }
    }

    /** The raw bytes: names and values this short are sent without Huffman coding. */
    private byte[] text() throws IOException {
      int length = number(7);
      if (at + length > block.length) {
        throw new IOException("headers that are cut off");
      }
      at += length;
      return Arrays.copyOfRange(block, at - length, at);
    }

    private int number(int bits) throws IOException {
      int most = (1 << bits) - 1;
      int value = next() & most;
      if (value < most) {
        return value;
      }
      int shift = 0;
      int more;
      do {
        more = next();
        value += (more & 0x7F) << shift;
        shift += 7;
      } while ((more & 0x80) != 0 && shift < 28);
      return value;
    }

    private int next() throws IOException {
      if (at == block.length) {
        throw new IOException("headers that are cut off");
      }
      return block[at++] & 0xFF;
    }
  }
}
