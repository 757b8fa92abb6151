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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An interpreter of only the opcodes that numpy writes for an object array of strings (protocols 2
 * to 5).
 *
 * <p>It cannot import, call or construct anything: REDUCE and BUILD accept only the calls that
 * {@code ndarray.__reduce__} writes, with exactly these arguments.
 */
final class PickleMachine {
  /** Maximum number of memoised values other than strings: globals, tuples, the array, the list. */
  private static final int MEMO_SLACK = 64;

  private static final int MAX_GLOBAL_NAME = 200;

  private final MemorySegment data;
  private final long elements;
  private final Place place;
  private final ByteCursor cursor;
  private final PickleStack stack;
  private final List<PickleValue> memo = new ArrayList<>();
  private boolean listSeen;

  PickleMachine(MemorySegment data, long elements, Place place) {
    this.data = data;
    this.elements = elements;
    this.place = place;
    this.stack = new PickleStack(place);
    this.cursor = new ByteCursor(data, 0, "a pickle", place);
  }

  /** The strings of the array, in C order. */
  TextList run() {
    if (next(0) != PickleOpcode.PROTO) {
      throw place.refuse("a pickle that begins with PROTO", "another opcode");
    }
    int protocol = cursor.u8();
    if (protocol < 2 || protocol > 5) {
      throw place.refuse("pickle protocol 2 to 5", protocol);
    }
    while (true) {
      long offset = cursor.position();
      PickleOpcode opcode = next(offset);
      if (opcode == PickleOpcode.STOP) {
        break;
      }
      execute(opcode, offset);
    }
    if (cursor.remaining() != 0) {
      throw place.refuse("nothing after the pickle's STOP", cursor.remaining() + " bytes");
    }
    TextList texts = stack.pop() instanceof ObjectArray array ? array.texts() : null;
    if (texts == null || !stack.isEmpty()) {
      throw place.refuse("a pickle of one object array of strings", "something else");
    }
    return texts;
  }

  private PickleOpcode next(long offset) {
    int code = cursor.u8();
    PickleOpcode opcode = PickleOpcode.of(code);
    if (opcode == null) {
      throw place.refuse(
          "a pickle opcode at " + offset, "byte 0x" + Integer.toHexString(code) + ", none");
    }
    return opcode;
  }

  private void execute(PickleOpcode opcode, long offset) {
    switch (opcode) {
      case FRAME -> cursor.u63(); // The frame length is only a hint for buffering.
      case BINUNICODE, SHORT_BINUNICODE, BINUNICODE8 -> pushText(offset);
      case SHORT_BINBYTES -> pushBytes();
      case BININT -> stack.push(new Whole(cursor.i32()));
      case BININT1 -> stack.push(new Whole(cursor.u8()));
      case BININT2 -> stack.push(new Whole(cursor.u16()));
      case NONE -> stack.push(Atom.NONE);
      case NEWTRUE -> stack.push(Atom.TRUE);
      case NEWFALSE -> stack.push(Atom.FALSE);
      case MARK -> stack.push(Atom.MARK);
      case EMPTY_LIST -> pushList();
      case EMPTY_TUPLE -> stack.push(new Group(List.of()));
      case TUPLE1 -> stack.push(new Group(stack.popLast(1)));
      case TUPLE2 -> stack.push(new Group(stack.popLast(2)));
      case TUPLE3 -> stack.push(new Group(stack.popLast(3)));
      case TUPLE -> stack.push(new Group(stack.popToMark()));
      case APPEND -> append(stack.popLast(1));
      case APPENDS -> append(stack.popToMark());
      case MEMOIZE -> remember(memo.size());
      case BINPUT -> remember(cursor.u8());
      case LONG_BINPUT -> remember(cursor.u32());
      case BINGET -> stack.push(recall(cursor.u8()));
      case LONG_BINGET -> stack.push(recall(cursor.u32()));
      case GLOBAL -> stack.push(global(line(), line()));
      case STACK_GLOBAL -> stackGlobal();
      case REDUCE -> reduce();
      case BUILD -> build();
      default ->
          throw place.refuse(
              "the pickle of an object array of strings",
              "opcode " + opcode + " at " + offset + "; nothing was executed");
    }
  }

  private void pushText(long offset) {
    MemorySegment text = StringPickle.textAt(data, offset, place);
    long end = text.address() - data.address() + text.byteSize();
    cursor.skip(end - cursor.position());
    stack.push(new Text(offset));
  }

  private void pushBytes() {
    byte[] bytes = cursor.bytes(cursor.u8());
    if (bytes.length != 1 || bytes[0] != 'b') {
      throw place.refuse("no bytes but b'b' in the pickle", bytes.length + " bytes");
    }
    stack.push(Atom.LETTER_B);
  }

  private void pushList() {
    if (listSeen) {
      throw place.refuse("one list in the pickle", "a second");
    }
    listSeen = true;
    stack.push(new TextList(elements));
  }

  private void append(List<PickleValue> items) {
    if (!(stack.peek() instanceof TextList list)) {
      throw place.refuse("a list to append to in the pickle", kind(stack.peek()));
    }
    for (PickleValue item : items) {
      if (!(item instanceof Text text)) {
        throw place.refuse("a string as element " + list.size(), kind(item));
      }
      if (!list.add(text)) {
        throw place.refuse(elements + " strings in the pickle, as the header says", "more");
      }
    }
  }

  private void remember(long index) {
    if (index != memo.size() || index >= elements + MEMO_SLACK) {
      throw place.refuse("memo index " + memo.size() + " in the pickle", index);
    }
    memo.add(stack.peek());
  }

  private PickleValue recall(long index) {
    if (index >= memo.size()) {
      throw place.refuse("a memo index below " + memo.size() + " in the pickle", index);
    }
    return memo.get((int) index);
  }

  private void stackGlobal() {
    PickleValue name = stack.pop();
    PickleValue module = stack.pop();
    stack.push(global(globalName(module), globalName(name)));
  }

  private String globalName(PickleValue value) {
    if (!(value instanceof Text text)) {
      throw place.refuse("the name of a global in the pickle", kind(value));
    }
    return string(text);
  }

  private Global global(String module, String name) {
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

  private void reduce() {
    PickleValue arguments = stack.pop();
    PickleValue callable = stack.pop();
    List<PickleValue> items = arguments instanceof Group group ? group.items() : List.of();
    boolean two = items.size() == 2;
    boolean three = items.size() == 3;
    if (callable == Global.RECONSTRUCT
        && three
        && items.get(0) == Global.NDARRAY
        && items.get(1).equals(new Group(List.of(new Whole(0))))
        && items.get(2) == Atom.LETTER_B) {
      stack.push(new ObjectArray());
    } else if (callable == Global.DTYPE && three && isText(items.get(0), "O8")) {
      stack.push(new ObjectDtype());
    } else if (callable == Global.ENCODE
        && two
        && isText(items.get(0), "b")
        && isText(items.get(1), "latin1")) {
      stack.push(Atom.LETTER_B);
    } else {
      throw place.refuse(
          "a call that numpy pickles for an object array",
          "REDUCE of " + kind(callable) + " with other arguments; nothing was executed");
    }
  }

  private void build() {
    PickleValue state = stack.pop();
    List<PickleValue> items = state instanceof Group group ? group.items() : List.of();
    PickleValue object = stack.peek();
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

  /** {@code (3, '|', None, None, None, -1, -1, 63)}: checks that all items are such atoms. */
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
      product *= dimension; // May overflow; the list's length is checked as well.
    }
    return product == elements;
  }

  private boolean isText(PickleValue value, String expected) {
    return value instanceof Text text && string(text).equals(expected);
  }

  private String string(Text text) {
    MemorySegment bytes = StringPickle.textAt(data, text.offset(), place);
    if (bytes.byteSize() > MAX_GLOBAL_NAME) {
      throw place.refuse("a name of at most " + MAX_GLOBAL_NAME + " bytes", bytes.byteSize());
    }
    return StringPickle.decodeUtf8(bytes, 0, place);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (int c = cursor.u8(); c != '\n'; c = cursor.u8()) {
      line.append((char) c);
      if (line.length() > MAX_GLOBAL_NAME) {
        throw place.refuse("a name of at most " + MAX_GLOBAL_NAME + " bytes", "a longer one");
      }
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String kind(@Nullable PickleValue value) {
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
