package dev.phoenix.dataset;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a UTF-8 file line by line, so that errors can name the line. Lines have a bounded length,
 * so that no file can exhaust memory with one line.
 */
final class TextLines implements AutoCloseable {
  /** Large enough for sequences of a hundred thousand items. */
  private static final int MAX_LINE = 1 << 20;

  private static final int MAX_SHOWN = 60;

  private final Path file;
  private final BufferedReader reader;
  private final StringBuilder buffer = new StringBuilder();
  private int number;

  private TextLines(Path file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  static TextLines open(Path file) {
    try {
      return new TextLines(
          file,
          new BufferedReader(
              new InputStreamReader(
                  Files.newInputStream(file),
                  StandardCharsets.UTF_8
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)),
              1 << 16));
    } catch (IOException e) {
      throw new DatasetException("cannot read the data file " + file + ": " + e, e);
    }
  }

  /** Reads the next line; returns false at the end. */
  boolean next() {
    buffer.setLength(0);
    number++;
    try {
      int c = reader.read();
      if (c < 0) {
        return false;
      }
      while (c >= 0 && c != '\n') {
        if (buffer.length() == MAX_LINE) {
          throw refuse("a line of at most " + MAX_LINE + " characters", "a longer one");
        }
        buffer.append((char) c);
        c = reader.read();
      }
    } catch (CharacterCodingException e) {
      throw new DatasetException(place() + ": expected UTF-8 text, found other bytes", e);
    } catch (IOException e) {
      throw new DatasetException(place() + ": cannot be read: " + e, e);
    }
    if (!buffer.isEmpty() && buffer.charAt(buffer.length() - 1) == '\r') {
      buffer.setLength(buffer.length() - 1);
    }
    return true;
  }

  /** The current line without its line ending. */
  String line() {
    return buffer.toString();
  }

  /** The tab-separated fields of the line, empty ones included. */
  String[] fields() {
    return line().split("\t", -1);
  }

  /** Parses an unsigned 64-bit id; 0 is refused because it means no id. */
  long id(String text, String what) {
    try {
      long id = Long.parseUnsignedLong(text);
      if (id != 0 && text.charAt(0) != '+') {
        return id;
      }
    } catch (NumberFormatException notANumber) {
      throw refuse(what + " from 1 to 2^64 - 1", quoted(text));
    }
    throw refuse(what + " from 1 to 2^64 - 1", quoted(text));
  }

  /** Parses an integer from {@code min} to {@code max}. */
  long integer(String text, long min, long max, String what) {
    String expected = what + " from " + min + " to " + max;
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      throw refuse(expected, quoted(text));
    }
    throw refuse(expected, quoted(text));
  }

  /** Parses a finite number from {@code min} to {@code max}. */
  double number(String text, double min, double max, String what) {
    String expected = what + " from " + min + " to " + max;
    try {
      double value = Double.parseDouble(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      throw refuse(expected, quoted(text));
    }
    throw refuse(expected, quoted(text));
  }

  DatasetException refuse(String expected, String found) {
    return new DatasetException(place() + ": expected " + expected + ", found " + found);
  }

  /** Quotes text of a file for a terminal: replaces control characters and limits the length. */
  static String quoted(String text) {
    StringBuilder shown = new StringBuilder("'");
    text.codePoints()
        .limit(MAX_SHOWN)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown
        .append(text.codePointCount(0, text.length()) > MAX_SHOWN ? "...'" : "'")
        .toString();
  }

  private String place() {
    return file + ", line " + number;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new DatasetException("cannot close " + file + ": " + e, e);
    }
  }
}
