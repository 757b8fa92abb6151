package dev.phoenix.checkpoint;

import dev.phoenix.checkpoint.PickleValue.Atom;
import dev.phoenix.checkpoint.PickleValue.Global;
import dev.phoenix.checkpoint.PickleValue.Group;
import dev.phoenix.checkpoint.PickleValue.ObjectArray;
import dev.phoenix.checkpoint.PickleValue.ObjectDtype;
import dev.phoenix.checkpoint.PickleValue.Text;
import dev.phoenix.checkpoint.PickleValue.TextList;
import dev.phoenix.checkpoint.PickleValue.Whole;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The globals, calls and states that {@code ndarray.__reduce__} writes for an object array of
 * strings. Everything else is refused; nothing is executed.
 */
final class NumpyPickle {
  /** Bytes of the name of a global. */
  static final int MAX_NAME = 200;

  private final MemorySegment data;
  private final long elements;
  private final Place place;

  /**
   * Of an array.
   *
   * @param data the pickle
   * @param elements of the array, as its header says
   * @param place for messages
   */
  NumpyPickle(MemorySegment data, long elements, Place place) {
    this.data = data;
    this.elements = elements;
    this.place = place;
  }

  /** The global of this name. */
  Global global(String module, String name) {
    return switch (module + "." + name) {
      case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct" ->
          Global.RECONSTRUCT;
      case "numpy.ndarray" -> Global.NDARRAY;
      case "numpy.dtype" -> Global.DTYPE;
      case "_codecs.encode" -> Global.ENCODE;
      case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar" ->
          throw place.refuse(
              "Python's own strings in an object array",
              "numpy scalars such as numpy.str_ (global multiarray.scalar; nothing was executed);"
                  + " save array.astype(str) instead");
      case "numpy.core._internal._convert_to_stringdtype_kwargs",
          "numpy._core._internal._convert_to_stringdtype_kwargs" ->
          throw place.refuse(
              "an array of strings that numpy saves without a pickle of its dtype",
              "numpy's StringDType (nothing was executed); save array.astype(str) instead");
      default ->
          throw place.refuse(
              "the pickle of an object array of strings",
              "global " + Place.printable(module + "." + name) + "; nothing was executed");
    };
  }

  /** The result of calling {@code callable}, as the opcode REDUCE does. */
  PickleValue call(PickleValue callable, PickleValue arguments) {
    List<PickleValue> items = arguments instanceof Group group ? group.items() : List.of();
    boolean two = items.size() == 2;
    boolean three = items.size() == 3;
    if (callable == Global.RECONSTRUCT
        && three
        && items.get(0) == Global.NDARRAY
        && items.get(1).equals(new Group(List.of(new Whole(0))))
        && items.get(2) == Atom.LETTER_B) {
      return new ObjectArray();
    }
    if (callable == Global.DTYPE && three && isText(items.get(0), "O8")) {
      return new ObjectDtype();
    }
    if (callable == Global.ENCODE
        && two
        && isText(items.get(0), "b")
        && isText(items.get(1), "latin1")) {
      return Atom.LETTER_B;
    }
    throw place.refuse(
        "a call that numpy pickles for an object array",
        "REDUCE of " + kind(callable) + " with other arguments; nothing was executed");
  }

  /** Gives {@code object} the state that BUILD asks for. */
  void build(@Nullable PickleValue object, PickleValue state) {
    List<PickleValue> items = state instanceof Group group ? group.items() : List.of();
    if (object instanceof ObjectDtype && isDtypeState(items)) {
      return;
    }
    if (object instanceof ObjectArray array && array.texts() == null && isArrayState(items)) {
      array.fill((TextList) items.get(4));
      return;
    }
    throw place.refuse(
        "the state that numpy pickles for an object array",
        "BUILD of " + kind(object) + " with another state");
  }

  /** {@code (3, '|', None, None, None, -1, -1, 63)}: nothing but such atoms. */
  private boolean isDtypeState(List<PickleValue> items) {
    return items.size() == 8
        && isText(items.get(1), "|")
        && items.stream()
            .allMatch(item -> item instanceof Whole || item instanceof Text || item == Atom.NONE);
  }

  /** {@code (1, shape, dtype, is_fortran, list)}. */
  private boolean isArrayState(List<PickleValue> items) {
    return items.size() == 5
        && items.get(0).equals(new Whole(1))
        && isShape(items.get(1))
        && items.get(2) instanceof ObjectDtype
        && (items.get(3) == Atom.TRUE || items.get(3) == Atom.FALSE)
        && items.get(4) instanceof TextList;
  }

  private boolean isShape(PickleValue value) {
    if (!(value instanceof Group group)) {
      return false;
    }
    long product = 1;
    for (PickleValue item : group.items()) {
      if (!(item instanceof Whole(long dimension))) {
        return false;
      }
      product *= dimension; // Wraps at worst: the list's length is checked as well.
    }
    return product == elements;
  }

  private boolean isText(PickleValue value, String expected) {
    return value instanceof Text text && string(text).equals(expected);
  }

  /** A text that serves as a name. */
  String string(Text text) {
    MemorySegment bytes = StringPickle.textAt(data, text.offset(), place);
    if (bytes.byteSize() > MAX_NAME) {
      throw place.refuse("a name of at most " + MAX_NAME + " bytes", bytes.byteSize());
    }
    return StringPickle.decodeUtf8(bytes, 0, place);
  }

  /** The kind of a value, for error messages. */
  static String kind(@Nullable PickleValue value) {
    return switch (value) {
      case Text text -> "a string";
      case Whole whole -> "the integer " + whole.value();
      case Group group -> "a tuple";
      case Atom atom -> atom == Atom.LETTER_B ? "bytes" : atom.name();
      case Global global -> "a global";
      case TextList list -> "a list";
      case ObjectDtype dtype -> "a dtype";
      case ObjectArray array -> "an array";
      case null -> "nothing";
    };
  }
}
