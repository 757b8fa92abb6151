package dev.phoenix.serving.http;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Reads bodies, and bounds their bytes: those of one body, and those of all that are held at once.
 * A body is held while it is read and decoded.
 */
final class Bodies {
  /** Of one body, decompressed. */
  static final int MAX_BODY_BYTES = 16 << 20;

  /** Room for eight of the largest bodies, or thousands of usual ones. */
  private static final int ROOM_BYTES = 8 * MAX_BODY_BYTES;

  /** Usual bodies need no more. */
  private static final int FIRST_BYTES = 16 << 10;

  private final int roomBytes;
  private final Semaphore room;

  Bodies() {
    this(ROOM_BYTES);
  }

  /** With room of the caller's own. */
  Bodies(int roomBytes) {
    this.roomBytes = roomBytes;
    this.room = new Semaphore(roomBytes);
  }

  /** Bytes of bodies that are being read or decoded. */
  int heldBytes() {
    return roomBytes - room.availablePermits();
  }

  /**
   * Reads a request's whole body, however it is sent, and makes something of it that does not hold
   * on to it.
   *
   * @throws Rejection if it is too large, torn, or there is no room for it
   */
  <T> T read(ServerRequest request, Function<byte[], T> decoder) {
    ContentCoding coding =
        ContentCoding.of(request.headers().first(HeaderNames.CONTENT_ENCODING).orElse(""));
    long length = request.headers().contentLength().orElse(MAX_BODY_BYTES);
    int most = (int) Math.min(MAX_BODY_BYTES, length);
    try (Body body = new Body(coding == ContentCoding.IDENTITY ? most : MAX_BODY_BYTES)) {
      try (InputStream sent = request.content().inputStream();
          InputStream in = coding.decode(sent)) {
        body.readAll(in);
      } catch (IOException | InsufficientDataAvailableException torn) {
        throw new Rejection(
            Reason.INVALID,
            coding == ContentCoding.IDENTITY
                ? "the body ended too early"
                : "the body ended too early, or is not " + coding.label());
      }
      return decoder.apply(body.bytes);
    }
  }

  /** A body that grows with what has come of it, not with what its head promises. */
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
