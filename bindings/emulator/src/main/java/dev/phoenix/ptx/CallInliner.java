package dev.phoenix.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Replaces calls of device functions by their bodies, so that a kernel is one flow graph. Each copy
 * has its own registers, labels and local variables; parameters become the caller's variables.
 */
final class CallInliner {
  private static final String ASSERT = "__assertfail";
  private static final String PRINT = "vprintf";

  private final PtxModule module;
  private final Map<String, ScalarType> registers = new LinkedHashMap<>();
  private final List<Variable> variables = new ArrayList<>();
  private final List<Statement> body = new ArrayList<>();
  private final Deque<String> callStack = new ArrayDeque<>();
  private final Map<String, Statement> prototypes = new HashMap<>();
  private final Set<String> sharedSeen = new HashSet<>();
  private int copies;

  private CallInliner(PtxModule module) {
    this.module = module;
  }

  /** The same kernel without calls. */
  static Function inline(PtxModule module, Function kernel) {
    CallInliner inliner = new CallInliner(module);
    inliner.expand(kernel, UnaryOperator.identity(), "");
    return new Function(
        kernel.name(),
        kernel.signature(),
        Map.copyOf(inliner.registers),
        List.copyOf(inliner.variables),
        List.copyOf(inliner.body));
  }

  private void expand(Function function, UnaryOperator<String> rename, String returnLabel) {
    callStack.push(function.name());
    function.registers().forEach((name, type) -> registers.put(rename.apply(name), type));
    for (Variable variable : function.variables()) {
      if (variable.space() != StateSpace.SHARED || sharedSeen.add(variable.name())) {
        variables.add(renamed(variable, rename.apply(variable.name())));
      }
    }
    for (Statement statement : function.body()) {
      switch (statement) {
        case Statement.Label label ->
            body.add(new Statement.Label(label.line(), rename.apply(label.name())));
        case Statement.BranchTargets table ->
            body.add(
                new Statement.BranchTargets(
                    table.line(),
                    rename.apply(table.name()),
                    table.targets().stream().map(rename).toList()));
        case Statement.CallPrototype prototype -> prototypes.put(prototype.name(), prototype);
        case Statement.CallTargets targets -> prototypes.put(targets.name(), targets);
        case Instruction instruction -> instruction(rename(instruction, rename), returnLabel);
      }
    }
    callStack.pop();
  }

  private void instruction(Instruction instruction, String returnLabel) {
    if (instruction.mnemonic().equals("call")) {
      call(instruction);
    } else if (instruction.mnemonic().equals("ret") && !returnLabel.isEmpty()) {
      body.add(jump(instruction, returnLabel));
    } else {
      body.add(instruction);
    }
  }

  private void call(Instruction call) {
    List<Operand> operands = call.operands();
    int at = operands.getFirst() instanceof Operand.Vector ? 1 : 0;
    List<Operand> results = at == 1 ? elements(operands.getFirst()) : List.of();
    List<Operand> arguments = operands.size() > at + 1 ? elements(operands.get(at + 1)) : List.of();
    if (!(operands.get(at) instanceof Operand.Name(String name)) || operands.size() > at + 3) {
      throw error(call, "unknown form of a call: " + call);
    }
    if (name.equals(ASSERT)) {
      body.add(new Instruction(call.line(), call.guard(), "trap", List.of()));
      return;
    }
    String skip = "$skip#" + ++copies;
    Instruction.Guard guard = call.guard();
    if (guard != null) {
      Instruction.Guard opposite = new Instruction.Guard(guard.register(), !guard.negated());
      body.add(new Instruction(call.line(), opposite, "bra", List.of(new Operand.Name(skip))));
    }
    if (registers.containsKey(name)) {
      new IndirectCall(this, call, name).expand(results, arguments);
    } else if (name.equals(PRINT)) {
      print(call, results, arguments);
    } else {
      expand(call, callee(call, name), results, arguments);
    }
    body.add(new Statement.Label(call.line(), skip));
  }

  private Function callee(Instruction call, String name) {
    Function callee = module.functions().get(name);
    if (callee == null || callee.isDeclaration()) {
      throw error(call, "calls '" + name + "', which this module does not define");
    }
    if (callStack.contains(name)) {
      throw error(call, "recursion is not supported: " + name);
    }
    return callee;
  }

  /** Adds a copy of a function's body in place of a call. */
  void expand(Instruction call, Function callee, List<Operand> results, List<Operand> arguments) {
    String suffix = "#" + ++copies;
    String end = "$return" + suffix;
    expand(callee, renaming(call, callee, bind(call, callee, results, arguments), suffix), end);
    body.add(new Statement.Label(call.line(), end));
  }

  /**
   * Replaces a call of vprintf, whose parameters are pointers to the format and to the argument
   * buffer.
   */
  private void print(Instruction call, List<Operand> results, List<Operand> arguments) {
    if (results.size() != 1 || arguments.size() != 2) {
      throw error(call, "vprintf takes a format and a buffer, and returns a count");
    }
    Operand format = register("$format", ScalarType.B64);
    Operand buffer = register("$arguments", ScalarType.B64);
    Operand count = register("$printed", ScalarType.B32);
    add(call, "ld.param.b64", format, address(call, arguments.getFirst()));
    add(call, "ld.param.b64", buffer, address(call, arguments.get(1)));
    add(call, "call.vprintf", count, format, buffer);
    add(call, "st.param.b32", address(call, results.getFirst()), count);
  }

  private Operand address(Instruction call, Operand parameter) {
    if (parameter instanceof Operand.Name(String name)) {
      return new Operand.Address(name, 0);
    }
    throw error(call, "arguments that are not .param variables: " + call);
  }

  /** Creates a register with a unique name. */
  Operand.Name register(String name, ScalarType type) {
    String unique = name + "#" + ++copies;
    registers.put(unique, type);
    return new Operand.Name(unique);
  }

  /** Creates a unique label. */
  String label(String name) {
    return name + "#" + ++copies;
  }

  /** Adds an instruction in place of a call. */
  void add(Instruction call, String opcode, Operand... operands) {
    body.add(new Instruction(call.line(), null, opcode, List.of(operands)));
  }

  /** Adds a statement in place of a call. */
  void add(Statement statement) {
    body.add(statement);
  }

  PtxModule module() {
    return module;
  }

  /** Whether a function is being expanded: calling it would be recursion. */
  boolean isActive(String function) {
    return callStack.contains(function);
  }

  /** The .callprototype or .calltargets of this name, or null. */
  @Nullable Statement prototype(String name) {
    return prototypes.get(name);
  }

  private Map<String, String> bind(
      Instruction call, Function callee, List<Operand> results, List<Operand> arguments) {
    Map<String, String> bound = new LinkedHashMap<>();
    bindAll(call, callee.signature().results(), results, bound);
    bindAll(call, callee.signature().parameters(), arguments, bound);
    return bound;
  }

  private void bindAll(
      Instruction call, List<Variable> formal, List<Operand> actual, Map<String, String> bound) {
    if (formal.size() != actual.size()) {
      throw error(call, formal.size() + " parameters, but " + actual.size() + " arguments");
    }
    for (int i = 0; i < formal.size(); i++) {
      if (!(actual.get(i) instanceof Operand.Name(String name)) || registers.containsKey(name)) {
        throw error(call, "arguments that are not .param variables: " + call);
      }
      bound.put(formal.get(i).name(), name);
    }
  }

  private UnaryOperator<String> renaming(
      Instruction call, Function callee, Map<String, String> bound, String suffix) {
    Set<String> own = new HashSet<>(callee.registers().keySet());
    for (Variable variable : callee.variables()) {
      if (variable.space() != StateSpace.SHARED) {
        own.add(variable.name());
      }
    }
    for (Statement statement : callee.body()) {
      if (statement instanceof Statement.Label label && !own.add(label.name())) {
        throw error(call, "two labels '" + label.name() + "' in " + callee.name());
      }
      if (statement instanceof Statement.BranchTargets table) {
        own.add(table.name());
      }
    }
    return name -> {
      String actual = bound.get(name);
      if (actual != null) {
        return actual;
      }
      return own.contains(name) ? name + suffix : name;
    };
  }

  private static Instruction jump(Instruction ret, String label) {
    return new Instruction(
        ret.line(), ret.guard(), "bra", List.of((Operand) new Operand.Name(label)));
  }

  private static Variable renamed(Variable v, String name) {
    return new Variable(name, v.space(), v.alignment(), v.byteSize(), v.initialisers());
  }

  private static Instruction rename(Instruction instruction, UnaryOperator<String> rename) {
    Instruction.Guard guard = instruction.guard();
    Instruction.Guard renamedGuard =
        guard == null
            ? null
            : new Instruction.Guard(rename.apply(guard.register()), guard.negated());
    List<Operand> operands = instruction.operands().stream().map(o -> rename(o, rename)).toList();
    return new Instruction(instruction.line(), renamedGuard, instruction.opcode(), operands);
  }

  private static Operand rename(Operand operand, UnaryOperator<String> rename) {
    return switch (operand) {
      case Operand.Name(String text) -> new Operand.Name(rename.apply(text));
      case Operand.Not(String register) -> new Operand.Not(rename.apply(register));
      case Operand.Pair(String first, String second) ->
          new Operand.Pair(rename.apply(first), rename.apply(second));
      case Operand.Address(String base, long offset) ->
          new Operand.Address(rename.apply(base), offset);
      case Operand.Vector(List<Operand> elements) ->
          new Operand.Vector(elements.stream().map(e -> rename(e, rename)).toList());
      case Operand.IntegerConstant c -> c;
      case Operand.FloatConstant c -> c;
      case Operand.Sink s -> s;
    };
  }

  private static List<Operand> elements(Operand operand) {
    return operand instanceof Operand.Vector(List<Operand> list) ? list : List.of(operand);
  }

  PtxException error(Instruction at, String what) {
    return new PtxException(module.name(), at.line(), what);
  }
}
