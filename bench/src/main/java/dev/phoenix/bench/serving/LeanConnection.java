package dev.phoenix.bench.serving;

import dev.phoenix.load.Outcome;
import io.grpc.Status;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A minimal client connection for one gRPC method: a request is one write by the caller, an answer
 * a few reads by one thread. Where callers share the server's cores, the threads and streams of a
 * client library take longer than the latency that is to be measured. Source: RFC 9113 (frames and
 * windows), gRPC over HTTP/2 (headers and messages).
 *
 * <p>It cannot reconnect; a server closes a connection after 10 minutes.
 */
final class LeanConnection implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  /** The error code with which a server resets a stream at the deadline. */
  private static final int CANCEL = 8;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED_OR_PRIORITY = 8 | 32;

  private static final int FRAME_BYTES = 9;
  private static final int PREFIX_BYTES = 5;
  private static final int MAX_FRAME_BYTES = 16_384;
  private static final int FIRST_WINDOW = 65_535;
  private static final int STREAM_WINDOW = 1 << 24;
  private static final int MAX_WINDOW = Integer.MAX_VALUE;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final LeanHeaders headers;
  private final Map<Integer, Exchange> open = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Thread reader;
  private int nextStream = 1;
  private long sendWindow = FIRST_WINDOW;
  private int unacknowledged;
  private volatile boolean ended;

  /** A request in flight. */
  private static final class Exchange {
    final long deadlineNanos;
    final PreparedTarget.Answered done;
    final ByteArrayOutputStream answer = new ByteArrayOutputStream();

    Exchange(long deadlineNanos, PreparedTarget.Answered done) {
      this.deadlineNanos = deadlineNanos;
      this.done = done;
    }

    void end(Outcome outcome) {
      boolean late = outcome == Outcome.GOOD && System.nanoTime() - deadlineNanos > 0;
      byte[] message = answer.toByteArray();
      byte[] body =
          message.length < PREFIX_BYTES
              ? new byte[0]
              : Arrays.copyOfRange(message, PREFIX_BYTES, message.length);
      done.end(late ? Outcome.LATE : outcome, body);
    }
  }

  private LeanConnection(Socket socket, LeanHeaders headers) throws IOException {
    this.socket = socket;
    this.headers = headers;
    this.out = socket.getOutputStream();
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    this.reader = Thread.ofPlatform().daemon().name("lean-connection").unstarted(this::read);
  }

  /**
   * Connects.
   *
   * @param address host and port
   * @param method the full name of the gRPC method
   */
  static LeanConnection open(InetSocketAddress address, String method) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(address);
      socket.setTcpNoDelay(true);
      LeanConnection connection = new LeanConnection(socket, new LeanHeaders(address, method));
      connection.greet();
      connection.reader.start();
      return connection;
    } catch (IOException | RuntimeException failed) {
      socket.close();
      throw failed;
    }
  }

  /** Sends settings: no dynamic header table, and a window large enough for all answers. */
  private void greet() throws IOException {
    ByteBuffer settings = ByteBuffer.allocate(12);
    settings.putShort((short) 1).putInt(0).putShort((short) 4).putInt(STREAM_WINDOW);
    ByteArrayOutputStream greeting = new ByteArrayOutputStream();
    greeting.writeBytes(LeanHeaders.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    greeting.writeBytes(frame(SETTINGS, 0, 0, settings.array()));
    greeting.writeBytes(frame(WINDOW_UPDATE, 0, 0, number(MAX_WINDOW - FIRST_WINDOW)));
    out.write(greeting.toByteArray());
  }

  /**
   * Sends a request.
   *
   * @param deadlineNanos nanoseconds from now; sent to the server, which ends the call then
   * @param done called once with the outcome, on the reader's thread
   */
  void ask(byte[] message, long deadlineNanos, PreparedTarget.Answered done) {
    if (message.length + PREFIX_BYTES > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "a message of %d bytes; a frame holds %d"
              .formatted(message.length, MAX_FRAME_BYTES - PREFIX_BYTES));
    }
    byte[] block = headers.of(deadlineNanos);
    ByteBuffer body = ByteBuffer.allocate(PREFIX_BYTES + message.length);
    body.put((byte) 0).putInt(message.length).put(message);
    Exchange exchange = new Exchange(System.nanoTime() + deadlineNanos, done);
    lock.lock();
    try {
      while (sendWindow < body.capacity() && !ended) {
        room.awaitUninterruptibly();
      }
      int stream = nextStream;
      nextStream += 2;
      sendWindow -= body.capacity();
      open.put(stream, exchange);
      ByteBuffer both =
          ByteBuffer.allocate(2 * FRAME_BYTES + block.length + body.capacity())
              .put(frame(HEADERS, END_HEADERS, stream, block))
              .put(frame(DATA, END_STREAM, stream, body.array()));
      out.write(both.array());
    } catch (IOException gone) {
      ended = true;
    } finally {
      lock.unlock();
    }
    if (ended) {
      failOpen();
    }
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(FRAME_BYTES + payload.length)
        .putShort((short) (payload.length >>> 8))
        .put((byte) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private void read() {
    try {
      while (true) {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = in.readNBytes(length);
        if (payload.length < length || type == GO_AWAY) {
          return;
        }
        frameCame(type, flags, stream, payload);
      }
    } catch (IOException gone) {
      // Open requests are failed below; a connection that was closed has none.
    } finally {
      ended = true;
      failOpen();
    }
  }

  private void frameCame(int type, int flags, int stream, byte[] payload) throws IOException {
    switch (type) {
      case DATA -> data(open.get(stream), payload);
      case HEADERS -> headers(stream, flags, payload);
      case RESET ->
          end(stream, ByteBuffer.wrap(payload).getInt() == CANCEL ? Outcome.LATE : Outcome.FAILED);
      case SETTINGS -> acknowledge(SETTINGS, flags, new byte[0]);
      case PING -> acknowledge(PING, flags, payload);
      case WINDOW_UPDATE -> moreRoom(stream, ByteBuffer.wrap(payload).getInt());
      case CONTINUATION -> throw new IOException("headers in more than one frame");
      default -> {} // The protocol asks that unknown frames be passed over.
    }
  }

  private void data(@Nullable Exchange exchange, byte[] payload) throws IOException {
    if (exchange != null) {
      exchange.answer.writeBytes(payload);
    }
    unacknowledged += payload.length;
    if (unacknowledged > STREAM_WINDOW) {
      send(frame(WINDOW_UPDATE, 0, 0, number(unacknowledged)));
      unacknowledged = 0;
    }
  }

  private void headers(int stream, int flags, byte[] block) throws IOException {
    if ((flags & END_HEADERS) == 0 || (flags & PADDED_OR_PRIORITY) != 0) {
      throw new IOException("headers in a form that is not read here");
    }
    if ((flags & END_STREAM) != 0) {
      end(stream, Outcome.of(Status.fromCodeValue(LeanHeaders.status(block))));
    }
  }

  private void acknowledge(int type, int flags, byte[] payload) throws IOException {
    if ((flags & ACK) == 0) {
      send(frame(type, ACK, 0, payload));
    }
  }

  private void moreRoom(int stream, int bytes) {
    lock.lock();
    try {
      sendWindow += stream == 0 ? bytes : 0;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void send(byte[] frame) throws IOException {
    lock.lock();
    try {
      out.write(frame);
    } finally {
      lock.unlock();
    }
  }

  private void end(int stream, Outcome outcome) {
    Exchange exchange = open.remove(stream);
    if (exchange != null) {
      exchange.end(outcome);
    }
  }

  private void failOpen() {
    lock.lock();
    try {
      room.signalAll();
    } finally {
      lock.unlock();
    }
    open.keySet().forEach(stream -> end(stream, Outcome.UNAVAILABLE));
  }

  @Override
  public void close() {
    try {
      socket.close();
      reader.join();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
