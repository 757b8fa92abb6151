package dev.phoenix.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads the operands of an instruction. */
final class OperandParser {
  private final TokenReader reader;
  private final UnaryOperator<String> resolve;

  /**
   * @param resolve maps a name as written to its unique name in the function
   */
  OperandParser(TokenReader reader, UnaryOperator<String> resolve) {
    this.reader = reader;
    this.resolve = resolve;
  }

  List<Operand> operands() {
    List<Operand> operands = new ArrayList<>();
    if (reader.peek().is(";")) {
      return operands;
    }
    do {
      operands.add(operand());
    } while (reader.accept(","));
    return operands;
  }

  private Operand operand() {
    Token first = reader.peek();
    if (first.is("{")) {
      return list("{", "}");
    }
    if (first.is("(")) {
      return list("(", ")");
    }
    if (reader.accept("[")) {
      Operand address = address();
      reader.expect("]");
      return address;
    }
    if (reader.accept("!")) {
      return new Operand.Not(name());
    }
    if (first.is("-") || first.kind() == Token.Kind.NUMBER) {
      return constant();
    }
    if (first.is("_")) {
      reader.take();
      return reader.accept("|") ? new Operand.Pair("_", name()) : new Operand.Sink();
    }
    return named();
  }

  private Operand named() {
    String name = name();
    if (reader.accept("|")) {
      return new Operand.Pair(name, reader.accept("_") ? "_" : name());
    }
    if (reader.peek().is("+") || reader.peek().is("-")) {
      return new Operand.Address(name, offset());
    }
    return new Operand.Name(name);
  }

  private Operand list(String open, String close) {
    reader.expect(open);
    List<Operand> elements = new ArrayList<>();
    if (!reader.accept(close)) {
      do {
        elements.add(operand());
      } while (reader.accept(","));
      reader.expect(close);
    }
    return new Operand.Vector(List.copyOf(elements));
  }

  private Operand address() {
    if (reader.peek().kind() == Token.Kind.NUMBER) {
      return new Operand.Address("", offset());
    }
    String base = name();
    boolean plain = reader.peek().is("]");
    return new Operand.Address(base, plain ? 0 : offset());
  }

  private long offset() {
    boolean negative = false;
    while (reader.peek().is("+") || reader.peek().is("-")) {
      negative ^= reader.take().is("-");
    }
    Token token = reader.take();
    if (token.kind() == Token.Kind.NUMBER
        && Constants.parse(reader, token) instanceof Operand.IntegerConstant(long value)) {
      return negative ? -value : value;
    }
    throw reader.error(token, "expected an offset, found '" + token.text() + "'");
  }

  private Operand constant() {
    boolean negative = reader.accept("-");
    Token token = reader.take();
    if (token.kind() != Token.Kind.NUMBER) {
      throw reader.error(token, "expected a number, found '" + token.text() + "'");
    }
    return switch (Constants.parse(reader, token)) {
      case Operand.IntegerConstant(long v) when negative -> new Operand.IntegerConstant(-v);
      case Operand.FloatConstant(double v, ScalarType type) when negative ->
          new Operand.FloatConstant(-v, type);
      case Operand other -> other;
    };
  }

  private String name() {
    return resolve.apply(reader.word().text());
  }
}
