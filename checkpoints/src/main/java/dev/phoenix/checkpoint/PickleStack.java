package dev.phoenix.checkpoint;

import dev.phoenix.checkpoint.PickleValue.Atom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The stack of a pickle, of limited size. Popping from an empty stack throws. */
final class PickleStack {
  /** numpy's pickler puts at most 1000 items between a mark and APPENDS. */
  private static final int MAX_SIZE = 1 << 14;

  private final List<PickleValue> values = new ArrayList<>();
  private final Place place;

  PickleStack(Place place) {
    this.place = place;
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  void push(PickleValue value) {
    if (values.size() == MAX_SIZE) {
      throw place.refuse("at most " + MAX_SIZE + " values on the pickle's stack", "more");
    }
    values.add(value);
  }

  PickleValue peek() {
    if (values.isEmpty()) {
      throw place.refuse("a value on the pickle's stack", "none");
    }
    return values.getLast();
  }

  PickleValue pop() {
    PickleValue top = peek();
    values.removeLast();
    return top;
  }

  /** Takes the last {@code count} values, the oldest first. */
  List<PickleValue> popLast(int count) {
    List<PickleValue> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(pop());
    }
    Collections.reverse(items);
    return items;
  }

  /** Takes everything above the last mark, the oldest first, and the mark. */
  List<PickleValue> popToMark() {
    List<PickleValue> items = new ArrayList<>();
    for (PickleValue value = pop(); value != Atom.MARK; value = pop()) {
      items.add(value);
    }
    Collections.reverse(items);
    return items;
  }
}
