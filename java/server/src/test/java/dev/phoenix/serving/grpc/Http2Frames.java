package dev.phoenix.serving.grpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A connection on which a test writes frames of HTTP/2. Source: RFC 9113, section 6. */
final class Http2Frames implements AutoCloseable {
  static final int HEADERS = 1;
  static final int RESET = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GO_AWAY = 7;
  static final int WINDOW_UPDATE = 8;

  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private final Socket socket;
  private final DataInputStream in;

  Http2Frames(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
    ByteArrayOutputStream begin = new ByteArrayOutputStream();
    begin.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    begin.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
    send(begin.toByteArray());
  }

  /** A frame. */
  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .put((byte) (payload.length >> 8))
        .put((byte) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** The beginning of a call of {@code path}. */
  static byte[] call(int stream, String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x86); // :scheme http
    literal(block, 4, path);
    literal(block, 1, "h");
    block.write(0x0f); // content-type, 31 as an integer of 4 bits
    block.write(31 - 15);
    text(block, "application/grpc");
    block.write(0);
    text(block, "te");
    text(block, "trailers");
    return frame(HEADERS, END_HEADERS, stream, block.toByteArray());
  }

  private static void literal(ByteArrayOutputStream block, int name, String value) {
    block.write(name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A number of 32 bits. */
  static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void ping() throws IOException {
    send(frame(PING, 0, 0, new byte[8]));
  }

  /**
   * Reads until the server says that it ends the connection.
   *
   * @param acknowledged pings after which the reading ends too
   * @return the code of its GOAWAY; -1 if it went on
   */
  int awaitEnd(int acknowledged) throws IOException {
    int pings = 0;
    try {
      while (pings < acknowledged) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readInt();
        byte[] payload = in.readNBytes(length);
        if (type == GO_AWAY) {
          return ByteBuffer.wrap(payload).getInt(4);
        }
        if (type == PING && (flags & ACK) != 0) {
          pings++;
        }
      }
      return -1;
    } catch (EOFException | SocketException ended) {
      throw new AssertionError("the connection ended without a GOAWAY", ended);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
