package dev.phoenix.ptx;

import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into tokens (section Lexical Elements). */
final class Lexer {
  private final String module;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;

  Lexer(String module, String text) {
    this.module = module;
    this.text = text;
  }

  List<Token> tokens() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '\n') {
        line++;
        position++;
      } else if (Character.isWhitespace(c) || c == '\0') {
        position++;
      } else if (text.startsWith("//", position)) {
        skipTo("\n");
      } else if (text.startsWith("/*", position)) {
        skipComment();
      } else if (c == '"') {
        string();
      } else if (isDigit(c)) {
        take(Token.Kind.NUMBER, endOfNumber());
      } else if (isWordStart(c)) {
        take(Token.Kind.WORD, endOfWord());
      } else {
        take(Token.Kind.PUNCTUATION, position + 1);
      }
    }
    tokens.add(new Token(Token.Kind.END, "end of file", line));
    return tokens;
  }

  private void take(Token.Kind kind, int end) {
    tokens.add(new Token(kind, text.substring(position, end), line));
    position = end;
  }

  private void skipTo(String mark) {
    int end = text.indexOf(mark, position);
    position = end < 0 ? text.length() : end;
  }

  private void skipComment() {
    int end = text.indexOf("*/", position);
    if (end < 0) {
      throw new PtxException(module, line, "a comment that does not end");
    }
    line += (int) text.substring(position, end).chars().filter(c -> c == '\n').count();
    position = end + 2;
  }

  private void string() {
    int end = text.indexOf('"', position + 1);
    if (end < 0) {
      throw new PtxException(module, line, "a string that does not end");
    }
    tokens.add(new Token(Token.Kind.STRING, text.substring(position + 1, end), line));
    position = end + 1;
  }

  private int endOfNumber() {
    int end = position;
    while (end < text.length() && isNumberPart(end)) {
      end++;
    }
    return end;
  }

  private boolean isNumberPart(int at) {
    char c = text.charAt(at);
    if (Character.isLetterOrDigit(c) || c == '.') {
      return true;
    }
    // A decimal exponent's sign; hexadecimal numbers end in E without one.
    boolean exponent = (text.charAt(at - 1) | 32) == 'e' && !text.startsWith("0", position);
    return (c == '-' || c == '+') && at > position && exponent;
  }

  private int endOfWord() {
    int end = position + 1;
    while (end < text.length()) {
      if (isWordPart(text.charAt(end))) {
        end++;
      } else if (text.startsWith("::", end)) {
        end += 2;
      } else {
        break;
      }
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == '$'
        || c == '%'
        || c == '.';
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c);
  }
}
