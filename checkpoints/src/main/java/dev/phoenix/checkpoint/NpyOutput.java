package dev.phoenix.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Writes the data of one array block by block in C order, so that the heap holds only one block.
 * Close it when all elements are written. Not thread-safe.
 */
public final class NpyOutput implements AutoCloseable {
  private static final int BUFFER = 1 << 20;

  private final NpzWriter writer;
  private final ZipOutput zip;
  private final Place place;
  private final NpyType type;
  private final long bytes;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private long written;
  private boolean writing;
  private boolean closed;

  NpyOutput(NpzWriter writer, ZipOutput zip, Place place, NpyType type, long bytes) {
    this.writer = writer;
    this.zip = zip;
    this.place = place;
    this.type = type;
    this.bytes = bytes;
  }

  /** Appends elements of a float32 array, or of a bfloat16 array with rounding to nearest even. */
  public void write(float[] values, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, values.length);
    if (type != NpyType.FLOAT32 && type != NpyType.BFLOAT16) {
      throw place.refuse("elements of " + type, "floats");
    }
    claim((long) length * type.bytes());
    for (int i = offset; i < offset + length; i++) {
      makeRoom(type.bytes());
      if (type == NpyType.FLOAT32) {
        buffer.putFloat(values[i]);
      } else {
        buffer.putShort(bfloat16(values[i]));
      }
    }
    writing = false;
  }

  /** Appends elements of an int64 or uint64 array, as 64 bits each. */
  public void write(long[] values, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, values.length);
    if (type != NpyType.INT64 && type != NpyType.UINT64) {
      throw place.refuse("elements of " + type, "longs");
    }
    claim((long) length * Long.BYTES);
    for (int i = offset; i < offset + length; i++) {
      makeRoom(Long.BYTES);
      buffer.putLong(values[i]);
    }
    writing = false;
  }

  /** Appends elements as the little-endian bytes they have in the file. */
  public void write(MemorySegment elements) {
    claim(elements.byteSize());
    for (long at = 0; at < elements.byteSize(); at += buffer.capacity()) {
      int count = (int) Math.min(buffer.capacity(), elements.byteSize() - at);
      makeRoom(count);
      MemorySegment target = MemorySegment.ofBuffer(buffer);
      MemorySegment.copy(
          elements, ValueLayout.JAVA_BYTE, at, target, ValueLayout.JAVA_BYTE, 0, count);
      buffer.position(buffer.position() + count);
    }
    writing = false;
  }

  /**
   * Ends the array. Idempotent.
   *
   * @throws CheckpointException if fewer elements were written than the shape has
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (writing) {
      return; // A write failed: array and archive stay unfinished.
    }
    try {
      flush();
      if (written != bytes) {
        throw place.refuse(bytes + " bytes of data for the shape", written + " bytes written");
      }
      zip.end();
    } catch (IOException e) {
      throw place.error("cannot be written: " + e.getMessage(), e);
    }
    writer.finished(this);
  }

  /** Rounds to nearest, ties to even; NaN stays NaN whatever its payload. */
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  /** Checks a whole block before any of it is written. */
  private void claim(long count) {
    if (closed) {
      throw new IllegalStateException(place + " is closed");
    }
    if (count > bytes - written) {
      throw place.refuse(bytes + " bytes of data for the shape", "more");
    }
    writing = true;
    written += count;
  }

  private void makeRoom(int count) {
    if (buffer.remaining() < count) {
      try {
        flush();
      } catch (IOException e) {
        throw place.error("cannot be written: " + e.getMessage(), e);
      }
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    zip.write(buffer);
    buffer.clear();
  }
}
