package dev.phoenix.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes an npz archive for {@code numpy.load} and {@link NpzFile}: stored entries in C order, data
 * at multiples of 64 bytes, zip64 where needed.
 *
 * <p>{@link #commit()} replaces the target atomically. Before that, or if the writer is closed
 * without commit, an existing file is unchanged. Not thread-safe.
 */
public final class NpzWriter implements AutoCloseable {
  private final Place place;
  private final AtomicFile file;
  private final ZipOutput zip;
  private final Set<String> names = new HashSet<>();
  private @Nullable NpyOutput open;
  private boolean closed;

  private NpzWriter(Place place, AtomicFile file, long zip64Limit) {
    this.place = place;
    this.file = file;
    this.zip = new ZipOutput(file.channel(), zip64Limit);
  }

  /** Begins an archive that will replace {@code target}; the folder must exist. */
  public static NpzWriter create(Path target) {
    return create(target, ZipOutput.ZIP64_LIMIT);
  }

  static NpzWriter create(Path target, long zip64Limit) {
    return new NpzWriter(Place.of(target), AtomicFile.create(target), zip64Limit);
  }

  /**
   * Begins an array of any size, to be written block by block and closed before the next begins.
   *
   * @param type any type except the string types
   * @param shape dimensions; none for a scalar
   */
  public NpyOutput begin(String name, NpyType type, long... shape) {
    if (type.isString()) {
      throw place.entry(name).refuse("a numeric type", type);
    }
    return begin(name, type, type.bytes(), shape);
  }

  /** Writes float32 elements given in C order. */
  public void write(String name, float[] values, long... shape) {
    writeFloats(name, NpyType.FLOAT32, values, shape);
  }

  /** Writes float32 elements rounded to bfloat16, which numpy sees as {@code |V2}. */
  public void writeBfloat16(String name, float[] values, long... shape) {
    writeFloats(name, NpyType.BFLOAT16, values, shape);
  }

  /** Writes int64 elements given in C order. */
  public void write(String name, long[] values, long... shape) {
    writeLongs(name, NpyType.INT64, values, shape);
  }

  /** Writes uint64 elements: 64 raw bits each. */
  public void writeUnsigned(String name, long[] values, long... shape) {
    writeLongs(name, NpyType.UINT64, values, shape);
  }

  /** Writes int32 elements given in C order. */
  public void write(String name, int[] values, long... shape) {
    checkCount(name, values.length, shape);
    ByteBuffer bytes = littleEndian(Math.multiplyExact(values.length, Integer.BYTES));
    bytes.asIntBuffer().put(values);
    writeBytes(name, NpyType.INT32, bytes, shape);
  }

  /** Writes bool elements given in C order. */
  public void write(String name, boolean[] values, long... shape) {
    checkCount(name, values.length, shape);
    ByteBuffer bytes = littleEndian(values.length);
    for (boolean value : values) {
      bytes.put((byte) (value ? 1 : 0));
    }
    writeBytes(name, NpyType.BOOL, bytes.flip(), shape);
  }

  /**
   * Writes strings as {@code <U}, with the width of the longest; none may end with a zero
   * character.
   */
  public void writeStrings(String name, List<String> values, long... shape) {
    checkCount(name, values.size(), shape);
    Place entry = place.entry(name);
    int width = 1; // numpy has no strings of width 0
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      boolean whole =
          value.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= 0xDFFF);
      if (!whole || value.endsWith("\0")) {
        throw entry.refuse(
            "a string that UTF-32 padded with zeros can hold as element " + i,
            whole ? "one that ends with a zero character" : "an unpaired surrogate");
      }
      width = Math.max(width, value.codePointCount(0, value.length()));
    }
    try (NpyOutput out = begin(name, NpyType.UNICODE, 4L * width, shape)) {
      int[] points = new int[width];
      for (String value : values) {
        int[] text = value.codePoints().toArray();
        Arrays.fill(points, 0);
        System.arraycopy(text, 0, points, 0, text.length);
        ByteBuffer bytes = littleEndian(4 * width);
        bytes.asIntBuffer().put(points);
        out.write(MemorySegment.ofBuffer(bytes));
      }
    }
  }

  /**
   * Completes the archive: forces it to disk and moves it over the target in one step.
   *
   * @throws CheckpointException if an array is unfinished or writing fails
   */
  public void commit() {
    checkReady(place);
    closed = true;
    try {
      zip.finish();
      file.commit();
    } catch (IOException e) {
      throw place.error("cannot be written: " + e, e);
    }
  }

  /** Discards the archive unless {@link #commit()} was called. Idempotent. */
  @Override
  public void close() {
    closed = true;
    file.close();
  }

  void finished(NpyOutput output) {
    if (open == output) {
      open = null;
    }
  }

  private void writeFloats(String name, NpyType type, float[] values, long... shape) {
    checkCount(name, values.length, shape);
    try (NpyOutput out = begin(name, type, shape)) {
      out.write(values, 0, values.length);
    }
  }

  private void writeLongs(String name, NpyType type, long[] values, long... shape) {
    checkCount(name, values.length, shape);
    try (NpyOutput out = begin(name, type, shape)) {
      out.write(values, 0, values.length);
    }
  }

  private void writeBytes(String name, NpyType type, ByteBuffer bytes, long... shape) {
    try (NpyOutput out = begin(name, type, shape)) {
      out.write(MemorySegment.ofBuffer(bytes));
    }
  }

  private NpyOutput begin(String name, NpyType type, long itemSize, long... shape) {
    Place entry = place.entry(name);
    checkReady(entry);
    for (long dimension : shape) {
      if (dimension < 0) {
        throw entry.refuse("a shape without negative dimensions", Arrays.toString(shape));
      }
    }
    byte[] header = NpyHeader.write(type, itemSize, shape);
    long bytes = bytes(entry, itemSize, shape);
    long size = bytes + header.length;
    ZipMember member =
        new ZipMember(name + ".npy", ZipMember.UTF8, ZipMember.STORED, 0, size, size, 0);
    member.check(place);
    if (!names.add(name) || names.size() > ZipDirectory.MAX_ENTRIES) {
      throw entry.refuse("a new name, at most " + ZipDirectory.MAX_ENTRIES, names.size());
    }
    NpyOutput output = new NpyOutput(this, zip, entry, type, bytes);
    open = output;
    try {
      zip.begin(member.name(), size);
      zip.write(ByteBuffer.wrap(header));
    } catch (IOException e) {
      throw entry.error("cannot be written: " + e.getMessage(), e);
    }
    return output;
  }

  private static long bytes(Place entry, long itemSize, long... shape) {
    try {
      return Math.multiplyExact(NpyHeader.elements(shape, entry), itemSize);
    } catch (ArithmeticException e) {
      throw entry.error("expected fewer than 2^63 bytes", e);
    }
  }

  private void checkCount(String name, long count, long... shape) {
    long expected = NpyHeader.elements(shape, place.entry(name));
    if (count != expected) {
      throw place
          .entry(name)
          .refuse(expected + " values for shape " + Arrays.toString(shape), count);
    }
  }

  /** Throws if an array is unfinished because writing it failed or it was not closed. */
  private void checkReady(Place what) {
    if (closed) {
      throw new IllegalStateException(place + " is closed");
    }
    if (open != null) {
      throw what.refuse("the array before to be complete", "it unfinished");
    }
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
