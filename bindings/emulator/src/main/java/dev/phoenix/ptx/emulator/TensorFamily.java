package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;

/** Warp-level matrix instructions (section Warp Level Matrix Multiply-Accumulate Instructions). */
final class TensorFamily implements InstructionFamily {
  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    if (instruction.mnemonic().equals("ldmatrix")) {
      loadMatrix(instruction, opcode, assembler);
    } else {
      multiply(instruction, opcode, assembler);
    }
  }

  private static void loadMatrix(
      Instruction instruction, OpcodeReader opcode, Assembler assembler) {
    opcode.expect("sync");
    opcode.expect("aligned");
    opcode.expect("m8n8");
    int count =
        switch (opcode.oneOf("x1", "x2", "x4")) {
          case "x1" -> 1;
          case "x2" -> 2;
          default -> 4;
        };
    boolean transposed = opcode.accept("trans");
    String space = opcode.anyOf("shared", "shared::cta");
    opcode.expect("b16");
    opcode.end();
    int[] targets = places(instruction.operands().getFirst(), count, assembler, true);
    AddressOperand address = AddressOperand.of(instruction.operands().get(1), assembler);
    assembler.add(new LoadMatrix(MemoryOperation.space(space), address, targets, transposed));
  }

  private static void multiply(Instruction instruction, OpcodeReader opcode, Assembler assembler) {
    opcode.expect("sync");
    opcode.expect("aligned");
    String shape = opcode.oneOf("m16n8k16", "m16n8k8", "m16n8k4");
    opcode.expect("row");
    opcode.expect("col");
    ScalarType result = opcode.type();
    ScalarType a = opcode.type();
    ScalarType b = opcode.type();
    ScalarType c = opcode.type();
    opcode.end();
    int k = Integer.parseInt(shape.substring(shape.indexOf('k') + 1));
    boolean tensorFloat = a == ScalarType.TF32;
    boolean half = a == ScalarType.F16 || a == ScalarType.BF16;
    boolean knownDepth = tensorFloat ? k != 16 : half && k != 4;
    boolean knownResult =
        result == c
            && (result == ScalarType.F32 || (result == ScalarType.F16 && a == ScalarType.F16));
    if (a != b || !knownDepth || !knownResult) {
      throw assembler.error("no such matrix multiplication");
    }
    Fragments fragments = new Fragments(k, a, result);
    List<Operand> operands = instruction.operands();
    int[] target = places(operands.getFirst(), fragments.resultRegisters(), assembler, true);
    int[] left = places(operands.get(1), fragments.leftRegisters(), assembler, false);
    int[] right = places(operands.get(2), fragments.rightRegisters(), assembler, false);
    int[] added = places(operands.get(3), fragments.resultRegisters(), assembler, false);
    assembler.add(
        a == ScalarType.BF16
            ? new BrainMultiply(target, left, right, added)
            : new MatrixMultiply(fragments, target, left, right, added));
  }

  private static int[] places(Operand operand, int count, Assembler assembler, boolean result) {
    List<Operand> elements =
        operand instanceof Operand.Vector(List<Operand> list) ? list : List.of(operand);
    if (elements.size() != count) {
      throw assembler.error("a fragment of " + count + " registers, not " + elements.size());
    }
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      Operand element = elements.get(i);
      places[i] =
          result ? assembler.target(element, int.class) : assembler.source(element, int.class);
    }
    return places;
  }
}
