package dev.phoenix.checkpoint;

import dev.phoenix.checkpoint.PickleValue.Atom;
import dev.phoenix.checkpoint.PickleValue.Group;
import dev.phoenix.checkpoint.PickleValue.ObjectArray;
import dev.phoenix.checkpoint.PickleValue.Text;
import dev.phoenix.checkpoint.PickleValue.TextList;
import dev.phoenix.checkpoint.PickleValue.Whole;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An interpreter of only the opcodes that numpy writes for an object array of strings (protocols 2
 * to 5).
 *
 * <p>It cannot import, call or construct anything: for REDUCE and BUILD, {@link NumpyPickle}
 * recognises the calls that {@code ndarray.__reduce__} writes, and no others.
 */
final class PickleMachine {
  /** Maximum number of memoised values other than strings: globals, tuples, the array, the list. */
  private static final int MEMO_SLACK = 64;

  private final MemorySegment data;
  private final long elements;
  private final Place place;
  private final ByteCursor cursor;
  private final PickleStack stack;
  private final NumpyPickle numpy;
  private final List<PickleValue> memo = new ArrayList<>();
  private boolean listSeen;

  PickleMachine(MemorySegment data, long elements, Place place) {
    this.data = data;
    this.elements = elements;
    this.place = place;
    this.stack = new PickleStack(place);
    this.numpy = new NumpyPickle(data, elements, place);
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
      case GLOBAL -> stack.push(numpy.global(line(), line()));
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
      throw place.refuse("a list to append to in the pickle", NumpyPickle.kind(stack.peek()));
    }
    for (PickleValue item : items) {
      if (!(item instanceof Text text)) {
        throw place.refuse("a string as element " + list.size(), NumpyPickle.kind(item));
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
    stack.push(numpy.global(globalName(module), globalName(name)));
  }

  private String globalName(PickleValue value) {
    if (!(value instanceof Text text)) {
      throw place.refuse("the name of a global in the pickle", NumpyPickle.kind(value));
    }
    return numpy.string(text);
  }

  private void reduce() {
    PickleValue arguments = stack.pop();
    stack.push(numpy.call(stack.pop(), arguments));
  }

  private void build() {
    PickleValue state = stack.pop();
    numpy.build(stack.peek(), state);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (int c = cursor.u8(); c != '\n'; c = cursor.u8()) {
      line.append((char) c);
      if (line.length() > NumpyPickle.MAX_NAME) {
        throw place.refuse("a name of at most " + NumpyPickle.MAX_NAME + " bytes", "a longer one");
      }
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
