package dev.phoenix.checkpoint;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The only values that can exist while a pickle of strings is read. None of them runs code. */
sealed interface PickleValue {

  /** A string, kept as the offset of the opcode that carries it. */
  record Text(long offset) implements PickleValue {}

  /** An integer. */
  record Whole(long value) implements PickleValue {}

  /** A tuple. */
  record Group(List<PickleValue> items) implements PickleValue {}

  /** Values without content; {@code LETTER_B} is the bytes {@code b'b'} that numpy passes along. */
  enum Atom implements PickleValue {
    NONE,
    TRUE,
    FALSE,
    LETTER_B,
    MARK
  }

  /** The globals numpy names when it writes an object array. */
  enum Global implements PickleValue {
    RECONSTRUCT,
    NDARRAY,
    DTYPE,
    /** {@code _codecs.encode}, by which protocol 2 writes bytes. */
    ENCODE
  }

  /** A list that holds strings only, as the offsets of their opcodes. */
  final class TextList implements PickleValue {
    private final long limit;
    private long[] offsets = new long[16];
    private int size;

    TextList(long limit) {
      this.limit = limit;
    }

    /** Adds a string; false where the list is full already. */
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

  /** The array itself; its strings arrive with the last BUILD. */
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
