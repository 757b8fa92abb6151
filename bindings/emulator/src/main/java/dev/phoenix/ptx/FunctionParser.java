package dev.phoenix.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a function's body; names declared in inner scopes become unique. */
final class FunctionParser {
  private final TokenReader reader;
  private final OperandParser operands;
  private final Deque<Map<String, String>> scopes = new ArrayDeque<>();
  private final Map<String, ScalarType> registers = new LinkedHashMap<>();
  private final List<Variable> variables = new ArrayList<>();
  private final List<Statement> body = new ArrayList<>();
  private int scopeCount;

  FunctionParser(TokenReader reader) {
    this.reader = reader;
    this.operands = new OperandParser(reader, this::resolve);
  }

  Function function(String name, Function.Signature signature) {
    reader.expect("{");
    scopes.push(new HashMap<>());
    while (!scopes.isEmpty()) {
      statement();
    }
    return new Function(
        name, signature, Map.copyOf(registers), List.copyOf(variables), List.copyOf(body));
  }

  private void statement() {
    Token token = reader.peek();
    if (reader.accept("{")) {
      scopeCount++;
      scopes.push(new HashMap<>());
    } else if (reader.accept("}")) {
      scopes.pop();
    } else if (reader.accept(";")) {
      return;
    } else if (token.text().startsWith(".") && token.kind() == Token.Kind.WORD) {
      directive();
    } else if (token.kind() == Token.Kind.WORD && reader.peekSecond().is(":")) {
      label();
    } else {
      instruction();
    }
  }

  private void directive() {
    Token token = reader.take();
    switch (token.text()) {
      case ".reg" -> registers();
      case ".local", ".shared", ".param", ".global", ".const" -> {
        String space = token.text().substring(1).toUpperCase(Locale.ROOT);
        do {
          Variable v = new VariableParser(reader).variable(StateSpace.valueOf(space));
          variables.add(
              new Variable(
                  declare(v.name()), v.space(), v.alignment(), v.byteSize(), v.initialisers()));
        } while (reader.accept(","));
        reader.expect(";");
      }
      case ".loc" -> location(token.line());
      case ".pragma" -> {
        reader.take();
        reader.expect(";");
      }
      default -> throw reader.error(token, "unknown directive '" + token.text() + "'");
    }
  }

  private void location(int line) {
    // A debug directive takes the rest of its line.
    while (reader.peek().line() == line && !reader.atEnd()) {
      reader.take();
    }
  }

  private void registers() {
    Token typeToken = reader.word();
    String text = typeToken.text().substring(1);
    if (!ScalarType.isType(text)) {
      throw reader.error(typeToken, "unknown register type '" + typeToken.text() + "'");
    }
    ScalarType type = ScalarType.parse(text);
    do {
      String name = reader.word().text();
      if (reader.accept("<")) {
        int count = reader.smallInteger();
        reader.expect(">");
        for (int i = 0; i < count; i++) {
          registers.put(declare(name + i), type);
        }
      } else {
        registers.put(declare(name), type);
      }
    } while (reader.accept(","));
    reader.expect(";");
  }

  private void label() {
    Token name = reader.take();
    reader.expect(":");
    String unique = resolve(name.text());
    if (reader.accept(".branchtargets")) {
      body.add(new Statement.BranchTargets(name.line(), unique, names()));
    } else if (reader.accept(".calltargets")) {
      body.add(new Statement.CallTargets(name.line(), unique, names()));
    } else if (reader.accept(".callprototype")) {
      body.add(prototype(name.line(), unique));
    } else {
      body.add(new Statement.Label(name.line(), unique));
    }
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    do {
      names.add(resolve(reader.word().text()));
    } while (reader.accept(","));
    reader.expect(";");
    return List.copyOf(names);
  }

  private Statement prototype(int line, String name) {
    VariableParser parser = new VariableParser(reader);
    List<Variable> results = reader.peek().is("(") ? parser.parameters() : List.of();
    reader.word(); // a placeholder for the function's name
    List<Variable> parameters = reader.peek().is("(") ? parser.parameters() : List.of();
    reader.accept(".noreturn"); // a hint to the compiler only
    reader.expect(";");
    return new Statement.CallPrototype(line, name, results, parameters);
  }

  private void instruction() {
    Instruction.Guard guard = guard();
    Token opcode = reader.word();
    List<Operand> list = operands.operands();
    reader.expect(";");
    body.add(new Instruction(opcode.line(), guard, opcode.text(), List.copyOf(list)));
  }

  private Instruction.@Nullable Guard guard() {
    if (!reader.accept("@")) {
      return null;
    }
    boolean negated = reader.accept("!");
    return new Instruction.Guard(resolve(reader.word().text()), negated);
  }

  private String declare(String name) {
    Map<String, String> scope = scopes.getFirst();
    String unique = scopes.size() == 1 ? name : name + "@" + scopeCount;
    if (scope.put(name, unique) != null) {
      throw reader.error(reader.peek(), "'" + name + "' is declared twice");
    }
    return unique;
  }

  /**
   * Looks in inner scopes first; a name without declaration (a label, a symbol) is returned
   * unchanged.
   */
  private String resolve(String name) {
    for (Map<String, String> scope : scopes) {
      String unique = scope.get(name);
      if (unique != null) {
        return unique;
      }
    }
    return name;
  }
}
