package dev.phoenix.serving.http;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestMemory;
import dev.phoenix.serving.web.BrokenBodyException;
import dev.phoenix.serving.web.CallerGoneException;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Reads bodies and limits their sizes. What a request holds counts against the memory that all
 * protocols share, from the first bytes of its body until it is answered.
 */
final class Bodies {
  /** The maximum size of a decompressed body. */
  static final int MAX_BODY_BYTES = 16 << 20;

  /** The initial buffer size, enough for usual bodies. */
  private static final int FIRST_BYTES = 16 << 10;

  /** What the request of the current thread holds. */
  private static final ScopedValue<RequestMemory.Hold> HOLD = ScopedValue.newInstance();

  private final RequestMemory memory;

  /** Creates bodies that count against {@code memory}. */
  Bodies(RequestMemory memory) {
    this.memory = memory;
  }

  /** The bytes that requests of all protocols hold. */
  long heldBytes() {
    return memory.heldBytes();
  }

  /** Runs {@code handler}, and gives back all that its request holds when it ends. */
  void holding(Runnable handler) {
    try (RequestMemory.Hold hold = memory.open()) {
      ScopedValue.where(HOLD, hold).run(handler);
    }
  }

  /**
   * The decoded request of the current thread holds {@code bytes} until it is answered.
   *
   * @throws Rejection if there is no memory left
   */
  static void hold(long bytes) {
    HOLD.get().resize(bytes);
  }

  /**
   * Reads a request's whole body and decodes it; called by a handler of {@link #holding}. The
   * result must not refer to the bytes. If the body cannot be read to its end, the connection ends
   * with the response.
   *
   * @throws Rejection if it is too large or cut off, or if the limit of all bodies is reached
   */
  <T> T read(ServerRequest request, ServerResponse response, Function<byte[], T> decoder) {
    ContentCoding coding = ContentCoding.of(String.join(",", request.headers("Content-Encoding")));
    long length = request.contentLength().orElse(MAX_BODY_BYTES);
    byte[] bytes;
    try (InputStream in = request.body()) {
      Body sent = new Body((int) Math.min(MAX_BODY_BYTES, length));
      sent.readAll(in);
      bytes = coding == ContentCoding.IDENTITY ? sent.bytes : decompressed(sent, coding);
    } catch (Rejection | CallerGoneException expected) {
      throw expected;
    } catch (IOException | RuntimeException | Error failed) {
      // An error too: what a decompressor does with a caller's bytes is the caller's doing.
      response.closeConnection();
      throw unreadable(coding, failed);
    }
    return decoder.apply(bytes);
  }

  /**
   * Decompresses from memory, not from the connection: a stack that overflows in a decompressor
   * must not do so while a lock of the connection is held.
   */
  private static byte[] decompressed(Body sent, ContentCoding coding) throws IOException {
    Body body = new Body(MAX_BODY_BYTES);
    try (InputStream in = coding.decode(new ByteArrayInputStream(sent.bytes))) {
      body.readAll(in);
    }
    sent.release();
    return body.bytes;
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
  private static final class Body {
    private final RequestMemory.Hold hold = HOLD.get();
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

    /** Gives the memory of a body back that is no longer needed. */
    void release() {
      hold.grow(-bytes.length);
      bytes = new byte[0];
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
      byte[] before = bytes;
      hold.grow(length);
      bytes = Arrays.copyOf(before, length);
      hold.grow(-before.length);
    }
  }
}
