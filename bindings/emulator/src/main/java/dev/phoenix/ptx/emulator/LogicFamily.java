package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import java.util.List;
import java.util.Locale;

/** Logic on predicates, which are bit masks here; logic on bits is scalar. */
final class LogicFamily implements InstructionFamily {
  private final InstructionFamily scalar = new ScalarFamily();

  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    if (!instruction.opcode().endsWith(".pred")) {
      scalar.decode(instruction, assembler);
      return;
    }
    List<Operand> operands = instruction.operands();
    String name = instruction.mnemonic().toUpperCase(Locale.ROOT);
    PredicateOperation.Logic logic = PredicateOperation.Logic.valueOf(name);
    int expected = logic == PredicateOperation.Logic.NOT ? 2 : 3;
    if (operands.size() != expected) {
      throw assembler.error("takes " + expected + " operands");
    }
    int a = assembler.source(operands.get(1), boolean.class);
    int b = expected == 3 ? assembler.source(operands.get(2), boolean.class) : 0;
    int target = assembler.target(operands.getFirst(), boolean.class);
    assembler.add(new PredicateOperation(logic, target, a, b).costing(InstructionClass.INTEGER));
  }
}
