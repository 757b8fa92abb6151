package dev.phoenix.ptx;

import java.util.ArrayList;
import java.util.List;

/** Reads a variable's declaration, after its state space (section Variable Declarations). */
final class VariableParser {
  private final TokenReader reader;

  VariableParser(TokenReader reader) {
    this.reader = reader;
  }

  /** {@code .align n .type name[size] = {...}}, without the final semicolon or comma. */
  Variable variable(StateSpace space) {
    int alignment = 0;
    int vector = 1;
    ScalarType type = null;
    while (reader.peek().text().startsWith(".")) {
      Token token = reader.take();
      String text = token.text().substring(1);
      if (text.equals("align")) {
        alignment = reader.smallInteger();
      } else if (text.equals("v2") || text.equals("v4")) {
        vector = text.charAt(1) - '0';
      } else if (ScalarType.isType(text)) {
        type = ScalarType.parse(text);
      } else if (!isPointerAttribute(text)) {
        throw reader.error(token, "unknown in a declaration: '" + token.text() + "'");
      }
    }
    Token name = reader.word();
    if (type == null) {
      throw reader.error(name, "no type for '" + name.text() + "'");
    }
    int element = type.bytes() * vector;
    int natural = alignment == 0 ? element : alignment;
    return new Variable(
        name.text(), space, natural, element * elements(name), initialisers(type.bytes()));
  }

  /** {@code (.param ..., .param ...)}. */
  List<Variable> parameters() {
    List<Variable> list = new ArrayList<>();
    reader.expect("(");
    if (reader.accept(")")) {
      return list;
    }
    do {
      Token space = reader.word();
      if (!space.is(".param")) {
        throw reader.error(space, "parameters in '" + space.text() + "' space");
      }
      list.add(variable(StateSpace.PARAM));
    } while (reader.accept(","));
    reader.expect(")");
    return List.copyOf(list);
  }

  /**
   * Whether it is a pointer attribute of a parameter, which is ignored: accesses are checked at run
   * time.
   */
  private static boolean isPointerAttribute(String text) {
    return text.equals("ptr")
        || text.equals("global")
        || text.equals("shared")
        || text.equals("const")
        || text.equals("local")
        || text.equals("param");
  }

  private long elements(Token name) {
    long count = 1;
    while (reader.accept("[")) {
      if (reader.accept("]")) {
        return 0;
      }
      count *= reader.smallInteger();
      reader.expect("]");
    }
    if (count > 1L << 30) {
      throw reader.error(name, "more than 2^30 elements: '" + name.text() + "'");
    }
    return count;
  }

  private List<Variable.Initialiser> initialisers(int elementBytes) {
    List<Variable.Initialiser> list = new ArrayList<>();
    if (reader.accept("=")) {
      value(list, elementBytes);
    }
    return List.copyOf(list);
  }

  private void value(List<Variable.Initialiser> list, int elementBytes) {
    if (reader.accept("{")) {
      do {
        value(list, elementBytes);
      } while (reader.accept(","));
      reader.expect("}");
      return;
    }
    long offset = (long) list.size() * elementBytes;
    Token token = reader.peek();
    if (token.kind() == Token.Kind.WORD) {
      list.add(symbol(offset, elementBytes));
      return;
    }
    boolean negative = reader.accept("-");
    long bits =
        switch (Constants.parse(reader, reader.take())) {
          case Operand.IntegerConstant(long v) -> negative ? -v : v;
          case Operand.FloatConstant(double v, ScalarType _) ->
              floatBits(negative ? -v : v, elementBytes);
          default -> throw reader.error(token, "not a constant: '" + token.text() + "'");
        };
    list.add(new Variable.Initialiser(offset, elementBytes, bits, ""));
  }

  private Variable.Initialiser symbol(long offset, int elementBytes) {
    Token name = reader.word();
    boolean generic = name.is("generic");
    if (generic) {
      reader.expect("(");
      name = reader.word();
      reader.expect(")");
    }
    long addend = reader.accept("+") ? reader.smallInteger() : 0;
    return new Variable.Initialiser(offset, elementBytes, addend, name.text());
  }

  private static long floatBits(double value, int bytes) {
    return bytes == 8
        ? Double.doubleToRawLongBits(value)
        : Float.floatToRawIntBits((float) value) & 0xffffffffL;
  }
}
