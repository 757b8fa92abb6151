package dev.phoenix.checkpoint;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values that can occur while a pickle of strings is read. None of them runs code. */
sealed interface PickleValue {

  /** A string, kept as the offset of the opcode that carries it. */
  record Text(long offset) implements PickleValue {}

  /** An integer. */
  record Whole(long value) implements PickleValue {}

  /** A tuple. */
  record Group(List<PickleValue> items) implements PickleValue {}

  /**
   * Constant values; {@code LETTER_B} is the bytes {@code b'b'} in the array's constructor call.
   */
  enum Atom implements PickleValue {
    NONE,
    TRUE,
    FALSE,
    LETTER_B,
    MARK
  }

  /** The globals that numpy references when it writes an object array. */
  enum Global implements PickleValue {
    RECONSTRUCT,
    NDARRAY,
    DTYPE,
    /** {@code _codecs.encode}, which protocol 2 uses to write bytes. */
    ENCODE
  }

  /** A list of strings, stored as the offsets of their opcodes. */
  final class TextList implements PickleValue {
    private final long limit;
    private long[] offsets = new long[16];
    private int size;

    TextList(long limit) {
      this.limit = limit;
    }

    /** Adds a string; returns false if the list is full. */
    boolean add(Text text) {
      if (size == limit) {
        return false;
      }
      if (size == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * size);
      }
      offsets[size++] = text.offset();
      return true;
    }

    int size() {
      return size;
    }

    long[] offsets() {
      return Arrays.copyOf(offsets, size);
    }
  }

  /** {@code numpy.dtype('O8', False, True)}. */
  final class ObjectDtype implements PickleValue {}

  /** The array, whose strings are set by the last BUILD. */
  final class ObjectArray implements PickleValue {
    private @Nullable TextList texts;

    @Nullable TextList texts() {
      return texts;
    }

    void fill(TextList list) {
      texts = list;
    }
  }
}
