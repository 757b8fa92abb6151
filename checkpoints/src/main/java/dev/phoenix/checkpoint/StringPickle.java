package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The strings of a pickled object array. Only the offset of each string is stored, eight bytes per
 * element; strings are decoded on request.
 */
final class StringPickle {
  /** Limits the heap used by a pickle of two-byte elements to about 200 MB. */
  static final int MAX_ELEMENTS = 1 << 22;

  private final MemorySegment data;
  private final long[] offsets;
  private final Place place;

  private StringPickle(MemorySegment data, long[] offsets, Place place) {
    this.data = data;
    this.offsets = offsets;
    this.place = place;
  }

  /** Reads the pickle of an array of {@code elements} strings; refuses any other pickle. */
  static StringPickle read(MemorySegment data, long elements, Place place) {
    if (elements > MAX_ELEMENTS) {
      throw place.refuse(
          "at most " + MAX_ELEMENTS + " strings in an object array; save it with dtype '<U'",
          elements);
    }
    PickleValue.TextList texts = new PickleMachine(data, elements, place).run();
    if (texts.size() != elements) {
      throw place.refuse(elements + " strings in the pickle, as the header says", texts.size());
    }
    return new StringPickle(data, texts.offsets(), place);
  }

  /**
   * Element {@code index} in C order. numpy pickles in C order even if the header says Fortran
   * order.
   */
  String string(int index) {
    return decodeUtf8(textAt(data, offsets[index], place), index, place);
  }

  /** The bytes of the string with its opcode at {@code offset}. */
  static MemorySegment textAt(MemorySegment data, long offset, Place place) {
    ByteCursor cursor = new ByteCursor(data, offset, "a pickled string", place);
    PickleOpcode opcode = PickleOpcode.of(cursor.u8());
    long length =
        switch (opcode) {
          case SHORT_BINUNICODE -> cursor.u8();
          case BINUNICODE -> cursor.u32();
          case BINUNICODE8 -> cursor.u63();
          case null, default -> throw place.refuse("a pickled string at " + offset, opcode + "");
        };
    return data.asSlice(cursor.skip(length), length);
  }

  static String decodeUtf8(MemorySegment bytes, long index, Place place) {
    if (bytes.byteSize() > Integer.MAX_VALUE / 2) {
      throw place.refuse("a string of at most 1 GiB in element " + index, bytes.byteSize());
    }
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy)).toString();
    } catch (CharacterCodingException e) {
      throw place.error("expected UTF-8 in element " + index + ", found " + e.getMessage(), e);
    }
  }
}
