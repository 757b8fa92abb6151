package dev.phoenix.ptx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a module: directives, variables, functions. */
final class ModuleParser {
  private final TokenReader reader;
  private final Map<String, Variable> variables = new LinkedHashMap<>();
  private final Map<String, Function> functions = new LinkedHashMap<>();
  private String version = "";
  private String target = "";

  ModuleParser(String name, String text) {
    this.reader = new TokenReader(name, text);
  }

  PtxModule parse() {
    while (!reader.atEnd()) {
      directive();
    }
    if (version.isEmpty() || target.isEmpty()) {
      throw reader.error(reader.peek(), "no .version or no .target: not a PTX module");
    }
    return new PtxModule(
        reader.module(),
        new PtxModule.Header(version, target),
        Map.copyOf(variables),
        java.util.Collections.unmodifiableMap(functions));
  }

  private void directive() {
    Token token = reader.take();
    switch (token.text()) {
      case ".version" -> version = reader.take().text();
      case ".target" -> target = targets();
      case ".address_size" -> addressSize();
      case ".visible", ".weak", ".extern", ".common" -> {
        // Linkage directives have no effect: the module is complete.
      }
      case ".entry" -> function(true);
      case ".func" -> function(false);
      case ".global", ".const", ".shared" -> moduleVariable(token);
      case ".file" -> skipLine(token);
      case ".section" -> skipBraces();
      default -> throw reader.error(token, "unknown directive '" + token.text() + "'");
    }
  }

  private String targets() {
    String first = reader.word().text();
    while (reader.accept(",")) {
      Token option = reader.word();
      if (!option.is("debug")) {
        throw reader.error(option, "unknown target option '" + option.text() + "'");
      }
    }
    return first;
  }

  private void addressSize() {
    Token token = reader.peek();
    if (reader.smallInteger() != 64) {
      throw reader.error(token, "only 64-bit addresses");
    }
  }

  private void moduleVariable(Token token) {
    StateSpace space = StateSpace.valueOf(token.text().substring(1).toUpperCase(Locale.ROOT));
    do {
      Variable variable = new VariableParser(reader).variable(space);
      if (variables.put(variable.name(), variable) != null) {
        throw reader.error(token, "'" + variable.name() + "' is declared twice");
      }
    } while (reader.accept(","));
    reader.expect(";");
  }

  private void function(boolean entry) {
    List<Variable> results = reader.peek().is("(") ? parameters() : List.of();
    String name = reader.word().text();
    List<Variable> parameters = reader.peek().is("(") ? parameters() : List.of();
    int maxThreads = tuning();
    Function.Signature signature = new Function.Signature(entry, results, parameters, maxThreads);
    if (reader.accept(";")) {
      functions.putIfAbsent(name, new Function(name, signature, Map.of(), List.of(), List.of()));
      return;
    }
    functions.put(name, new FunctionParser(reader).function(name, signature));
  }

  private List<Variable> parameters() {
    return new VariableParser(reader).parameters();
  }

  /** Reads performance-tuning directives; returns the declared maximum block size, or 0. */
  private int tuning() {
    int maxThreads = 0;
    while (reader.peek().text().startsWith(".")) {
      Token token = reader.take();
      switch (token.text()) {
        case ".maxntid", ".reqntid" -> maxThreads = product();
        case ".minnctapersm", ".maxnreg", ".maxnctapersm" -> reader.smallInteger();
        case ".noreturn" -> {
          // A hint to the compiler only.
        }
        case ".pragma" -> {
          reader.take();
          reader.expect(";");
        }
        default -> throw reader.error(token, "unknown directive '" + token.text() + "'");
      }
    }
    return maxThreads;
  }

  private int product() {
    int product = reader.smallInteger();
    while (reader.accept(",")) {
      product *= reader.smallInteger();
    }
    return product;
  }

  private void skipLine(Token token) {
    while (reader.peek().line() == token.line() && !reader.atEnd()) {
      reader.take();
    }
  }

  private void skipBraces() {
    while (!reader.take().is("}")) {
      if (reader.atEnd()) {
        throw reader.error(reader.peek(), "a section that does not end");
      }
    }
  }
}
