package dev.phoenix.serving.http;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.web.BrokenBodyException;
import dev.phoenix.serving.web.CallerGoneException;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Reads bodies, and limits the bytes of one body and of all bodies in memory. A body is in memory
 * while it is read and decoded.
 */
final class Bodies {
  /** The maximum size of a decompressed body. */
  static final int MAX_BODY_BYTES = 16 << 20;

  /** The limit of all bodies together: eight of the largest, or thousands of usual ones. */
  private static final int ROOM_BYTES = 8 * MAX_BODY_BYTES;

  /** The initial buffer size, enough for usual bodies. */
  private static final int FIRST_BYTES = 16 << 10;

  private final int roomBytes;
  private final Semaphore room;

  Bodies() {
    this(ROOM_BYTES);
  }

  /** Creates bodies with another limit of all bodies together. */
  Bodies(int roomBytes) {
    this.roomBytes = roomBytes;
    this.room = new Semaphore(roomBytes);
  }

  /** The bytes of bodies that are being read or decoded. */
  int heldBytes() {
    return roomBytes - room.availablePermits();
  }

  /**
   * Reads a request's whole body and decodes it; the result must not refer to the bytes. If the
   * body cannot be read to its end, the connection ends with the response.
   *
   * @throws Rejection if it is too large or cut off, or if the limit of all bodies is reached
   */
  <T> T read(ServerRequest request, ServerResponse response, Function<byte[], T> decoder) {
    ContentCoding coding = ContentCoding.of(String.join(",", request.headers("Content-Encoding")));
    long length = request.contentLength().orElse(MAX_BODY_BYTES);
    int most = (int) Math.min(MAX_BODY_BYTES, length);
    try (Body body = new Body(coding == ContentCoding.IDENTITY ? most : MAX_BODY_BYTES)) {
      try (InputStream in = coding.decode(request.body())) {
        body.readAll(in);
      } catch (Rejection | CallerGoneException expected) {
        throw expected;
      } catch (IOException | RuntimeException | Error failed) {
        // An error too: what a decompressor does with a caller's bytes is the caller's doing.
        response.closeConnection();
        throw unreadable(coding, failed);
      }
      return decoder.apply(body.bytes);
    }
  }

  private static Rejection unreadable(ContentCoding coding, Throwable failure) {
    if (failure instanceof BrokenBodyException broken) {
      return new Rejection(Reason.INVALID, String.valueOf(broken.getMessage()));
    }
    return new Rejection(
        Reason.INVALID,
        coding == ContentCoding.IDENTITY
            ? "the body cannot be read"
            : "the body ended too early, or is not " + coding.label());
  }

  /** A body whose buffer grows with the bytes received, not with its Content-Length. */
  private final class Body implements AutoCloseable {
    private final int most;
    private byte[] bytes = new byte[0];

    Body(int most) {
      this.most = most;
    }

    void readAll(InputStream in) throws IOException {
      int length = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (length == bytes.length) {
          grow();
        }
        bytes[length++] = (byte) next;
        length += in.readNBytes(bytes, length, bytes.length - length);
      }
      resize(length);
    }

    private void grow() {
      if (bytes.length >= most) {
        throw new Rejection(
            Reason.INVALID, "the body: expected at most %d bytes".formatted(MAX_BODY_BYTES));
      }
      resize(Math.min(most, Math.max(FIRST_BYTES, 2 * bytes.length)));
    }

    private void resize(int length) {
      if (length == bytes.length) {
        return;
      }
      if (!room.tryAcquire(length)) {
        throw new Rejection(
            Reason.IN_FLIGHT_CAP,
            "too many bodies are being read: expected at most %d bytes at once"
                .formatted(roomBytes));
      }
      byte[] before = bytes;
      bytes = Arrays.copyOf(before, length);
      room.release(before.length);
    }

    @Override
    public void close() {
      room.release(bytes.length);
    }
  }
}
