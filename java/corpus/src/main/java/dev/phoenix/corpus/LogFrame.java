package dev.phoenix.corpus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The unit of writing and reading a log, which holds changes acknowledged together. Little-endian:
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

  /** Larger frames are never written, so a larger length is corrupt. */
  static final int MAX_PAYLOAD_BYTES = 64 << 20;

  private static final int LENGTH_AT = 4;
  private static final int NUMBER_AT = 8;
  private static final int CHECKSUM_AT = 16;

  private LogFrame() {}

  /** Allocates a frame, positioned at the start of its payload. */
  static ByteBuffer allocate(int payloadBytes) {
    return ByteBuffer.allocate(HEADER_BYTES + payloadBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(HEADER_BYTES);
  }

  /** Completes a frame whose payload ends at the position and prepares it for writing. */
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
   * The length of the payload if the buffer starts with a whole frame with a correct checksum, else
   * -1.
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
