package dev.phoenix.corpus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The unit in which a log is written and read: what was acknowledged together. Little-endian:
 *
 * <pre>
 * magic     u32   "PXLG"
 * length    u32   bytes of the payload
 * number    u64   0 for the first frame of a file, then ascending
 * checksum  u32   CRC32C of length, number and payload
 * payload
 * </pre>
 */
final class LogFrame {
  static final int MAGIC = 0x474C5850;
  static final int HEADER_BYTES = 20;

  /** More is never written, so a larger length is not one. */
  static final int MAX_PAYLOAD_BYTES = 64 << 20;

  private static final int LENGTH_AT = 4;
  private static final int NUMBER_AT = 8;
  private static final int CHECKSUM_AT = 16;

  private LogFrame() {}

  /** A frame with room for a payload, positioned where the payload begins. */
  static ByteBuffer allocate(int payloadBytes) {
    return ByteBuffer.allocate(HEADER_BYTES + payloadBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(HEADER_BYTES);
  }

  /** Completes the frame whose payload ends at the position; ready to be written. */
  static ByteBuffer seal(ByteBuffer frame, long number) {
    int payloadBytes = frame.position() - HEADER_BYTES;
    if (payloadBytes > MAX_PAYLOAD_BYTES) {
      throw new CorpusException(
          "expected a record of at most %d bytes, found %d"
              .formatted(MAX_PAYLOAD_BYTES, payloadBytes));
    }
    frame.putInt(0, MAGIC).putInt(LENGTH_AT, payloadBytes).putLong(NUMBER_AT, number);
    frame.flip();
    return frame.putInt(CHECKSUM_AT, checksum(frame, payloadBytes));
  }

  /**
   * The payload's length if a whole frame with the right checksum begins at the buffer's start;
   * else -1.
   */
  static int payloadBytes(ByteBuffer from) {
    if (from.remaining() < HEADER_BYTES || from.getInt(0) != MAGIC) {
      return -1;
    }
    int length = from.getInt(LENGTH_AT);
    if (length < 0 || length > MAX_PAYLOAD_BYTES || from.remaining() - HEADER_BYTES < length) {
      return -1;
    }
    return from.getInt(CHECKSUM_AT) == checksum(from, length) ? length : -1;
  }

  static long number(ByteBuffer frame) {
    return frame.getLong(NUMBER_AT);
  }

  private static int checksum(ByteBuffer frame, int payloadBytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(frame.slice(LENGTH_AT, CHECKSUM_AT - LENGTH_AT));
    checksum.update(frame.slice(HEADER_BYTES, payloadBytes));
    return (int) checksum.getValue();
  }
}
