package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The header of an npy file, format versions 1.0, 2.0 and 3.0.
 *
 * <p>{@code shape} is not copied and must not be changed.
 */
final class NpyHeader {
  /** numpy's limit. Unlike in numpy, the length is checked before the header is read. */
  static final int MAX_LENGTH = 10_000;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;

  final NpyType type;
  final long itemSize;
  final boolean fortranOrder;
  final long[] shape;
  final long dataOffset;

  private NpyHeader(
      NpyType type, long itemSize, boolean fortranOrder, long[] shape, long dataOffset) {
    this.type = type;
    this.itemSize = itemSize;
    this.fortranOrder = fortranOrder;
    this.shape = shape;
    this.dataOffset = dataOffset;
  }

  static boolean isNpy(MemorySegment file) {
    return file.byteSize() >= MAGIC.length
        && file.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) == -1;
  }

  /** Reads the header of a whole npy file and checks that the data has the declared size. */
  static NpyHeader read(MemorySegment npy, Place place) {
    ByteCursor cursor = new ByteCursor(npy, 0, "an npy header", place);
    byte[] magic = cursor.bytes(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw place.refuse("an npy array (magic \\x93NUMPY)", "bytes " + Arrays.toString(magic));
    }
    int major = cursor.u8();
    int minor = cursor.u8();
    if (major < 1 || major > 3 || minor != 0) {
      throw place.refuse("npy format version 1.0, 2.0 or 3.0", major + "." + minor);
    }
    long length = major == 1 ? cursor.u16() : cursor.u32();
    if (length > MAX_LENGTH) {
      throw place.refuse("an npy header of at most " + MAX_LENGTH + " bytes", length + " bytes");
    }
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    String text = new String(cursor.bytes((int) length), charset);
    NpyHeader header = parse(text, cursor.position(), place);
    header.checkDataSize(npy.byteSize() - header.dataOffset, place);
    return header;
  }

  /** The header as numpy writes it, padded so that the data is 64-byte aligned. */
  static byte[] write(NpyType type, long itemSize, long... shape) {
    String descriptor = type.descriptor() + (type.sized() ? itemSize / type.bytes() : "");
    String dimensions =
        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String dictionary =
        String.format(
            Locale.ROOT,
            "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
            descriptor,
            shape.length == 1 ? dimensions + "," : dimensions);
    int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
    int total = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - MAGIC.length - 4));
    out.put(dictionary.getBytes(StandardCharsets.ISO_8859_1));
    while (out.remaining() > 1) {
      out.put((byte) ' ');
    }
    return out.put((byte) '\n').array();
  }

  /** Number of elements; 1 for a scalar. Throws if it does not fit 63 bits. */
  static long elements(long[] shape, Place place) {
    try {
      long product = 1;
      for (long dimension : shape) {
        product = Math.multiplyExact(product, dimension);
      }
      return product;
    } catch (ArithmeticException e) {
      throw place.error(
          "expected a shape of fewer than 2^63 elements, found " + Arrays.toString(shape), e);
    }
  }

  private static NpyHeader parse(String dictionary, long dataOffset, Place place) {
    HeaderText text = new HeaderText(dictionary, place);
    @Nullable String descriptor = null;
    boolean fortranOrder = false;
    long[] shape = {};
    Set<String> keys = new HashSet<>();
    text.expect('{');
    while (!text.take('}')) {
      String key = text.string();
      text.expect(':');
      switch (key) {
        case "descr" -> descriptor = text.string();
        case "fortran_order" -> fortranOrder = text.bool();
        case "shape" -> shape = text.shape();
        default ->
            throw place.refuse(
                "the keys descr, fortran_order, shape in the npy header",
                "'" + Place.printable(key) + "'");
      }
      if (!keys.add(key)) {
        throw place.refuse("each key once in the npy header", "'" + key + "' twice");
      }
      if (!text.take(',')) {
        text.expect('}');
        break;
      }
    }
    text.end();
    if (descriptor == null || keys.size() != 3) {
      throw place.refuse("the keys descr, fortran_order, shape in the npy header", keys);
    }
    DtypeName dtype = DtypeName.parse(descriptor, place);
    return new NpyHeader(dtype.type(), dtype.itemSize(), fortranOrder, shape, dataOffset);
  }

  private void checkDataSize(long found, Place place) {
    long elements = elements(shape, place);
    if (type == NpyType.OBJECT_STRING) {
      return; // The pickle reader counts the elements.
    }
    long expected;
    try {
      expected = Math.multiplyExact(elements, itemSize);
    } catch (ArithmeticException e) {
      throw place.error("expected fewer than 2^63 bytes, found shape " + Arrays.toString(shape), e);
    }
    if (itemSize == 0 && elements > 0) {
      // Otherwise eighty bytes could declare billions of elements.
      throw place.refuse("strings of at least one character", elements + " of none");
    }
    if (expected != found) {
      throw place.refuse(
          expected + " bytes of data for shape " + Arrays.toString(shape) + " of " + type,
          found + " bytes");
    }
  }
}
