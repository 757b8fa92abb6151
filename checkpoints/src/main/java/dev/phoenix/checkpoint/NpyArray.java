package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One array of an npz or npy file. Its data stays off the heap and belongs to its {@link NpzFile}:
 * once that is closed, reads throw {@link IllegalStateException}.
 *
 * <p>Conversions return elements in C order for both file orders. A conversion that would lose
 * information (a fraction, a sign, upper bits) throws {@link CheckpointException}; only {@link
 * #toFloats()} of float64 and {@link #toNumbers()} round. Instances are immutable and may be shared
 * by threads.
 */
public final class NpyArray {
  /** The largest array length that every JVM supports. */
  private static final int MAX_HEAP_LENGTH = Integer.MAX_VALUE - 8;

  private final String name;
  private final Place place;
  private final NpyHeader header;
  private final MemorySegment data;
  private final ElementOrder order;
  private final long size;
  private final @Nullable StringPickle pickle;

  private NpyArray(String name, Place place, NpyHeader header, MemorySegment data) {
    this.name = name;
    this.place = place;
    this.header = header;
    this.data = data;
    this.order = new ElementOrder(header.shape, header.fortranOrder);
    this.size = NpyHeader.elements(header.shape, place);
    this.pickle =
        header.type == NpyType.OBJECT_STRING ? StringPickle.read(data, size, place) : null;
  }

  /** Parses {@code npy}, the bytes of one npy file. */
  static NpyArray read(String name, MemorySegment npy, Place place) {
    NpyHeader header = NpyHeader.read(npy, place);
    return new NpyArray(name, place, header, npy.asSlice(header.dataOffset).asReadOnly());
  }

  /** Name in the archive, without {@code .npy}. */
  public String name() {
    return name;
  }

  /** Element type. */
  public NpyType type() {
    return header.type;
  }

  /** A copy of the dimensions; empty for a scalar. */
  public long[] shape() {
    return header.shape.clone();
  }

  /** Number of elements: the product of the shape, 1 for a scalar. May exceed 2^31. */
  public long size() {
    return size;
  }

  /** Whether the file's data is in Fortran order (first index fastest). */
  public boolean fortranOrder() {
    return header.fortranOrder;
  }

  /**
   * The bytes in the file's order, read-only, little-endian and possibly unaligned: use the {@code
   * _UNALIGNED} layouts. For a stored entry this is the mapped file itself.
   */
  public MemorySegment data() {
    return data;
  }

  /** Elements of any float type as float32, in C order; float64 is rounded. */
  public float[] toFloats() {
    LongToDoubleFunction element = floatElement("toFloats");
    float[] out = new float[heapLength()];
    if (header.type == NpyType.FLOAT32 && order.isSequential()) {
      MemorySegment.copy(data, ByteCursor.F32, 0, out, 0, out.length);
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) element.applyAsDouble(order.filePosition(i));
    }
    return out;
  }

  /**
   * Elements of any numeric or bool type as float32, in C order: true is 1; values are rounded to
   * float32.
   */
  public float[] toNumbers() {
    if (header.type.isFloat()) {
      return toFloats();
    }
    LongUnaryOperator element =
        header.type == NpyType.BOOL
            ? i -> data.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1
            : integerElement("toNumbers");
    float[] out = new float[heapLength()];
    for (int i = 0; i < out.length; i++) {
      out[i] = element.applyAsLong(order.filePosition(i));
    }
    return out;
  }

  /** Elements of any float type, in C order. */
  public double[] toDoubles() {
    LongToDoubleFunction element = floatElement("toDoubles");
    double[] out = new double[heapLength()];
    for (int i = 0; i < out.length; i++) {
      out[i] = element.applyAsDouble(order.filePosition(i));
    }
    return out;
  }

  /** Elements of an integer type whose every value fits an int, in C order. */
  public int[] toInts() {
    switch (header.type) {
      case INT8, INT16, INT32, UINT8, UINT16 -> {}
      default -> throw refuseConversion("toInts", "int8, int16, int32, uint8 or uint16");
    }
    LongUnaryOperator element = integerElement("toInts");
    int[] out = new int[heapLength()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) element.applyAsLong(order.filePosition(i));
    }
    return out;
  }

  /** Elements of any integer type, in C order; uint64 keeps its 64 bits, so 2^63 is negative. */
  public long[] toLongs() {
    LongUnaryOperator element = integerElement("toLongs");
    long[] out = new long[heapLength()];
    for (int i = 0; i < out.length; i++) {
      out[i] = element.applyAsLong(order.filePosition(i));
    }
    return out;
  }

  /** Elements of a bool array, in C order; a byte other than zero is true. */
  public boolean[] toBooleans() {
    if (header.type != NpyType.BOOL) {
      throw refuseConversion("toBooleans", "bool");
    }
    boolean[] out = new boolean[heapLength()];
    for (int i = 0; i < out.length; i++) {
      out[i] = data.get(ValueLayout.JAVA_BYTE, order.filePosition(i)) != 0;
    }
    return out;
  }

  /** Elements of a string array, in C order. */
  public String[] toStrings() {
    if (!header.type.isString()) {
      throw refuseConversion("toStrings", "strings");
    }
    String[] out = new String[heapLength()];
    for (int i = 0; i < out.length; i++) {
      out[i] = string(i);
    }
    return out;
  }

  /**
   * One element of a string array, decoded on each call; {@code index} counts in C order from 0.
   *
   * @throws IndexOutOfBoundsException if index is not from 0 to {@code size() - 1}
   * @throws CheckpointException if the array is not a string array or the element is malformed
   */
  public String string(long index) {
    Objects.checkIndex(index, size);
    if (pickle != null) {
      return pickle.string(Math.toIntExact(index));
    }
    long start = order.filePosition(index) * header.itemSize;
    return switch (header.type) {
      case UNICODE -> decodeUtf32(start, index);
      case BYTES -> decodeBytes(start, index);
      default -> throw refuseConversion("string", "strings");
    };
  }

  private String decodeUtf32(long start, long index) {
    int points = (int) (header.itemSize / Integer.BYTES);
    while (points > 0 && data.get(ByteCursor.U32, start + 4L * (points - 1)) == 0) {
      points--;
    }
    StringBuilder text = new StringBuilder(points);
    for (int i = 0; i < points; i++) {
      int point = data.get(ByteCursor.U32, start + 4L * i);
      if (!Character.isValidCodePoint(point) || (point >= 0xD800 && point <= 0xDFFF)) {
        throw place.refuse(
            "a Unicode character in element " + index, "code point " + Integer.toHexString(point));
      }
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  private String decodeBytes(long start, long index) {
    int length = (int) header.itemSize;
    while (length > 0 && data.get(ValueLayout.JAVA_BYTE, start + length - 1) == 0) {
      length--;
    }
    return StringPickle.decodeUtf8(data.asSlice(start, length), index, place);
  }

  private LongToDoubleFunction floatElement(String conversion) {
    return switch (header.type) {
      case FLOAT32 -> i -> data.get(ByteCursor.F32, 4 * i);
      case FLOAT64 -> i -> data.get(ByteCursor.F64, 8 * i);
      case FLOAT16 -> i -> Float.float16ToFloat(data.get(ByteCursor.U16, 2 * i));
      case BFLOAT16 -> i -> Float.intBitsToFloat(data.get(ByteCursor.U16, 2 * i) << 16);
      default -> throw refuseConversion(conversion, "float32, float16, float64 or bfloat16");
    };
  }

  private LongUnaryOperator integerElement(String conversion) {
    return switch (header.type) {
      case INT8 -> i -> data.get(ValueLayout.JAVA_BYTE, i);
      case INT16 -> i -> data.get(ByteCursor.U16, 2 * i);
      case INT32 -> i -> data.get(ByteCursor.U32, 4 * i);
      case INT64, UINT64 -> i -> data.get(ByteCursor.U64, 8 * i);
      case UINT8 -> i -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, i));
      case UINT16 -> i -> Short.toUnsignedLong(data.get(ByteCursor.U16, 2 * i));
      case UINT32 -> i -> Integer.toUnsignedLong(data.get(ByteCursor.U32, 4 * i));
      default -> throw refuseConversion(conversion, "integers");
    };
  }

  private int heapLength() {
    if (size > MAX_HEAP_LENGTH) {
      throw place.refuse(
          "at most " + MAX_HEAP_LENGTH + " elements for a Java array; read data() instead", size);
    }
    return (int) size;
  }

  private CheckpointException refuseConversion(String conversion, String expected) {
    return place.refuse(expected + " for " + conversion, header.type);
  }

  /** The location of this array, for error messages. */
  Place place() {
    return place;
  }

  @Override
  public String toString() {
    return name + " " + header.type + Arrays.toString(header.shape);
  }
}
