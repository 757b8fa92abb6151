package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads consecutive little-endian fields with bounds checks. */
final class ByteCursor {
  static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;
  private final Place place;
  private final String what;
  private long position;

  /** {@code what} names the structure being read, for messages of truncated files. */
  ByteCursor(MemorySegment bytes, long position, String what, Place place) {
    this.bytes = bytes;
    this.place = place;
    this.what = what;
    this.position = position;
    if (position < 0 || position > bytes.byteSize()) {
      throw place.refuse(
          what + " inside the file's " + bytes.byteSize() + " bytes",
          "offset " + Long.toUnsignedString(position));
    }
  }

  long position() {
    return position;
  }

  long remaining() {
    return bytes.byteSize() - position;
  }

  /** Skips {@code count} bytes and returns the position of the first one. */
  long skip(long count) {
    if (count < 0 || count > remaining()) {
      throw place.refuse(
          what + " of at least " + Long.toUnsignedString(count) + " more bytes at " + position,
          remaining() + " bytes: truncated");
    }
    long start = position;
    position += count;
    return start;
  }

  int u8() {
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, skip(1)));
  }

  int u16() {
    return Short.toUnsignedInt(bytes.get(U16, skip(2)));
  }

  int i32() {
    return bytes.get(U32, skip(4));
  }

  long u32() {
    return Integer.toUnsignedLong(i32());
  }

  /** Reads a 64-bit size or offset; 2^63 and more is refused. */
  long u63() {
    long value = bytes.get(U64, skip(8));
    if (value < 0) {
      throw place.refuse(what + " with sizes below 2^63", Long.toUnsignedString(value));
    }
    return value;
  }

  byte[] bytes(int count) {
    long start = skip(count);
    return bytes.asSlice(start, count).toArray(ValueLayout.JAVA_BYTE);
  }
}
