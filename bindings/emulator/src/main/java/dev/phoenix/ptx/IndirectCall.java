package dev.phoenix.ptx;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A call through a pointer, replaced by a comparison of the pointer with every function that it may
 * point to: those whose address the module takes and whose parameters and results have the sizes of
 * the prototype. A call through any other pointer is a fault at run time.
 */
final class IndirectCall {
  private final CallInliner inliner;
  private final Instruction call;
  private final Operand.Name pointer;

  IndirectCall(CallInliner inliner, Instruction call, String pointer) {
    this.inliner = inliner;
    this.call = call;
    this.pointer = new Operand.Name(pointer);
  }

  void expand(List<Operand> results, List<Operand> arguments) {
    Map<String, Long> addresses = inliner.module().functionAddresses();
    String end = inliner.label("$called");
    for (Function candidate : candidates()) {
      Long address = addresses.get(candidate.name());
      if (address == null || inliner.isActive(candidate.name())) {
        continue; // recursion is reported as a fault at run time
      }
      Operand.Name differs = inliner.register("$differs", ScalarType.PRED);
      String next = inliner.label("$next");
      inliner.add(call, "setp.ne.s64", differs, pointer, new Operand.IntegerConstant(address));
      inliner.add(jump(Instruction.Guard.when(differs.text()), next));
      inliner.expand(call, candidate, results, arguments);
      inliner.add(jump(null, end));
      inliner.add(new Statement.Label(call.line(), next));
    }
    inliner.add(call, "call.unknown", pointer);
    inliner.add(new Statement.Label(call.line(), end));
  }

  private Instruction jump(Instruction.@org.jspecify.annotations.Nullable Guard guard, String to) {
    return new Instruction(call.line(), guard, "bra", List.of(new Operand.Name(to)));
  }

  private List<Function> candidates() {
    Map<String, Function> functions = inliner.module().functions();
    String name =
        call.operands().getLast() instanceof Operand.Name(String text) && call.operands().size() > 1
            ? text
            : "";
    return switch (inliner.prototype(name)) {
      case Statement.CallPrototype prototype ->
          addressTaken().stream()
              .map(functions::get)
              .filter(f -> f != null && !f.isDeclaration() && fits(f.signature(), prototype))
              .toList();
      case Statement.CallTargets targets -> targets.functions().stream().map(this::named).toList();
      case null, default ->
          throw inliner.error(
              call, "a call through a pointer needs a .callprototype or .calltargets: " + call);
    };
  }

  private Function named(String name) {
    Function function = inliner.module().functions().get(name);
    if (function == null || function.isDeclaration()) {
      throw inliner.error(call, "target '" + name + "' is not defined in this module");
    }
    return function;
  }

  private static boolean fits(Function.Signature signature, Statement.CallPrototype prototype) {
    return !signature.entry()
        && sizes(signature.results()).equals(sizes(prototype.results()))
        && sizes(signature.parameters()).equals(sizes(prototype.parameters()));
  }

  private static List<Long> sizes(List<Variable> variables) {
    return variables.stream().map(Variable::byteSize).toList();
  }

  /**
   * Functions whose address is taken by a variable or by an instruction other than a call, in a
   * stable order.
   */
  private List<String> addressTaken() {
    PtxModule module = inliner.module();
    Set<String> named = new HashSet<>();
    for (Variable variable : module.variables().values()) {
      variable.initialisers().forEach(value -> named.add(value.symbol()));
    }
    for (Function function : module.functions().values()) {
      for (Statement statement : function.body()) {
        if (statement instanceof Instruction instruction
            && !instruction.mnemonic().equals("call")) {
          for (Operand operand : instruction.operands()) {
            if (operand instanceof Operand.Name(String text)) {
              named.add(text);
            }
          }
        }
      }
    }
    return module.functions().keySet().stream().filter(named::contains).sorted().toList();
  }
}
