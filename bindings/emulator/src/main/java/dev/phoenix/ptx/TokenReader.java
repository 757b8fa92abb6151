package dev.phoenix.ptx;

import java.util.List;

/** Reads tokens in order; its errors name the line. */
final class TokenReader {
  private final String module;
  private final List<Token> tokens;
  private int next;

  TokenReader(String module, String text) {
    this.module = module;
    this.tokens = new Lexer(module, text).tokens();
  }

  String module() {
    return module;
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peekSecond() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  Token take() {
    Token token = peek();
    if (!atEnd()) {
      next++;
    }
    return token;
  }

  boolean accept(String text) {
    if (peek().is(text)) {
      next++;
      return true;
    }
    return false;
  }

  Token expect(String text) {
    Token token = take();
    if (!token.is(text)) {
      throw error(token, "expected '" + text + "', found '" + token.text() + "'");
    }
    return token;
  }

  Token word() {
    Token token = take();
    if (token.kind() != Token.Kind.WORD) {
      throw error(token, "expected a name, found '" + token.text() + "'");
    }
    return token;
  }

  int smallInteger() {
    Token token = take();
    if (token.kind() != Token.Kind.NUMBER) {
      throw error(token, "expected a number, found '" + token.text() + "'");
    }
    Operand value = Constants.parse(this, token);
    if (value instanceof Operand.IntegerConstant(long bits) && bits >= 0 && bits <= 1 << 30) {
      return (int) bits;
    }
    throw error(token, "expected a small integer, found '" + token.text() + "'");
  }

  PtxException error(Token at, String what) {
    return new PtxException(module, at.line(), what);
  }
}
