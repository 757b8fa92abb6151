package dev.phoenix.checkpoint;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A location in a checkpoint, for error messages: the file, and an entry in it if any. */
record Place(String file, @Nullable String entry) {

  static Place of(Path file) {
    return new Place(file.toString(), null);
  }

  Place entry(String name) {
    return new Place(file, name);
  }

  CheckpointException refuse(String expected, Object found) {
    return error("expected " + expected + ", found " + found);
  }

  CheckpointException error(String what) {
    return new CheckpointException(this + ": " + what);
  }

  CheckpointException error(String what, Throwable cause) {
    return new CheckpointException(this + ": " + what, cause);
  }

  @Override
  public String toString() {
    return entry == null ? file : file + ": entry '" + printable(entry) + "'";
  }

  /**
   * Escapes control characters of a name from an untrusted file, so that they do not reach a log or
   * a terminal.
   */
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(200)
        .forEach(
            c -> {
              if (Character.isISOControl(c) || !Character.isDefined(c)) {
                out.append(String.format("\\u%04x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return text.codePointCount(0, text.length()) > 200 ? out + "..." : out.toString();
  }
}
