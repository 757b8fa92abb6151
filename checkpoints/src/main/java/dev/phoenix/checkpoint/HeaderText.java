package dev.phoenix.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * A parser of the Python literals in npy headers: strings without escapes, True and False, and
 * tuples of non-negative integers. It evaluates no expressions.
 */
final class HeaderText {
  /** numpy's own limit on the number of dimensions. */
  private static final int MAX_DIMENSIONS = 64;

  private final String text;
  private final Place place;
  private int position;

  HeaderText(String text, Place place) {
    this.text = text;
    this.place = place;
  }

  /** Skips spaces, then takes {@code symbol} if it is next. */
  boolean take(char symbol) {
    skipSpaces();
    if (position < text.length() && text.charAt(position) == symbol) {
      position++;
      return true;
    }
    return false;
  }

  void expect(char symbol) {
    if (!take(symbol)) {
      throw refuse("'" + symbol + "'");
    }
  }

  String string() {
    skipSpaces();
    if (position + 1 < text.length() && "uU".indexOf(text.charAt(position)) >= 0) {
      position++; // the prefix u of Python 2
    }
    char quote = position < text.length() ? text.charAt(position) : 0;
    if (quote != '\'' && quote != '"') {
      throw refuse("a quoted string");
    }
    int end = text.indexOf(quote, position + 1);
    if (end < 0 || text.substring(position, end).indexOf('\\') >= 0) {
      throw refuse("a string that ends and has no escapes");
    }
    String value = text.substring(position + 1, end);
    position = end + 1;
    return value;
  }

  boolean bool() {
    skipSpaces();
    if (text.startsWith("True", position)) {
      position += 4;
      return true;
    }
    if (text.startsWith("False", position)) {
      position += 5;
      return false;
    }
    throw refuse("True or False");
  }

  long[] shape() {
    List<Long> dimensions = new ArrayList<>();
    boolean comma = true;
    expect('(');
    while (!take(')')) {
      if (!comma) {
        throw refuse("',' or ')'");
      }
      if (dimensions.size() == MAX_DIMENSIONS) {
        throw refuse("a tuple of at most " + MAX_DIMENSIONS + " integers");
      }
      dimensions.add(integer());
      comma = take(',');
    }
    if (dimensions.size() == 1 && !comma) {
      throw refuse("a tuple such as (3,)");
    }
    return dimensions.stream().mapToLong(Long::longValue).toArray();
  }

  void end() {
    skipSpaces();
    if (position < text.length()) {
      throw refuse("nothing after the closing brace");
    }
  }

  private long integer() {
    if (position < text.length() && text.charAt(position) == '+') {
      position++;
    }
    int start = position;
    while (position < text.length()
        && text.charAt(position) >= '0'
        && text.charAt(position) <= '9') {
      position++;
    }
    String digits = text.substring(start, position);
    if (!digits.isEmpty() && position < text.length() && text.charAt(position) == 'L') {
      position++; // the suffix L of Python 2
    }
    boolean leadingZero = digits.length() > 1 && digits.charAt(0) == '0';
    if (digits.isEmpty() || leadingZero) {
      position = start;
      throw refuse("a non-negative integer");
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw place.error("expected a dimension below 2^63 in the npy header, found " + digits, e);
    }
  }

  private void skipSpaces() {
    while (position < text.length() && " \t\r\n\f".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private CheckpointException refuse(String expected) {
    int end = Math.min(text.length(), position + 40);
    String rest = Place.printable(text.substring(position, end).strip());
    return place.refuse(
        expected + " at column " + position + " of the npy header",
        rest.isEmpty() ? "its end" : "'" + rest + "'");
  }
}
