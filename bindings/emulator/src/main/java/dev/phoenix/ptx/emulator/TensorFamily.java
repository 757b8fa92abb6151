package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;
import java.util.Set;

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
    WmmaFamily.Shape shape =
        WmmaFamily.Shape.of(
            opcode.oneOf(
                "m16n8k4",
                "m16n8k8",
                "m16n8k16",
                "m16n8k32",
                "m16n8k64",
                "m16n8k128",
                "m16n8k256",
                "m8n8k4",
                "m8n8k16",
                "m8n8k32",
                "m8n8k128"));
    opcode.expect("row");
    opcode.expect("col");
    boolean saturated = opcode.accept("satfinite");
    MatrixType result = MatrixType.take(opcode);
    MatrixType a = MatrixType.take(opcode);
    MatrixType b = MatrixType.take(opcode);
    MatrixType c = MatrixType.take(opcode);
    String bits = a == MatrixType.B1 ? opcode.oneOf("and", "xor") : "";
    if (!bits.isEmpty()) {
      opcode.expect("popc");
    }
    opcode.end();
    boolean mixedSigns = a.bits() == b.bits() && a.isInteger() && b.isInteger();
    if (!depths(a).contains(shape.name())
        || (a != b && !mixedSigns)
        || result != c
        || !results(a).contains(result)
        || (saturated && (!a.isInteger() || a == MatrixType.B1))) {
      throw assembler.error("no such matrix multiplication");
    }
    List<Operand> operands = instruction.operands();
    if (a.isInteger() || a == MatrixType.F64) {
      FragmentMap sums = FragmentMap.result(c, shape.m(), shape.n());
      add(
          new DenseMultiply.Matrices(
              FragmentMap.left(a, shape.m(), shape.k()),
              FragmentMap.right(b, shape.k(), shape.n()),
              sums,
              sums),
          operands,
          arithmetic(bits, saturated, a == MatrixType.F64),
          assembler);
    } else {
      floating(new Fragments(shape.k(), type(a), type(result)), a, operands, assembler);
    }
  }

  /** The shapes of a type on sm_80. Volta's m8n8k4 of f16 is not supported. */
  private static Set<String> depths(MatrixType type) {
    return switch (type) {
      case F16, BF16 -> Set.of("m16n8k8", "m16n8k16");
      case TF32 -> Set.of("m16n8k4", "m16n8k8");
      case F64 -> Set.of("m8n8k4");
      case S8, U8 -> Set.of("m8n8k16", "m16n8k16", "m16n8k32");
      case S4, U4 -> Set.of("m8n8k32", "m16n8k32", "m16n8k64");
      case B1 -> Set.of("m8n8k128", "m16n8k128", "m16n8k256");
      default -> Set.of();
    };
  }

  private static Set<MatrixType> results(MatrixType type) {
    return switch (type) {
      case F16 -> Set.of(MatrixType.F16, MatrixType.F32);
      case F64 -> Set.of(MatrixType.F64);
      case BF16, TF32 -> Set.of(MatrixType.F32);
      default -> Set.of(MatrixType.S32);
    };
  }

  private static ScalarType type(MatrixType type) {
    return ScalarType.valueOf(type.name());
  }

  private static void floating(
      Fragments fragments, MatrixType type, List<Operand> operands, Assembler assembler) {
    count(operands, assembler);
    int[] target = places(operands.getFirst(), fragments.resultRegisters(), assembler, true);
    int[] left = places(operands.get(1), fragments.leftRegisters(), assembler, false);
    int[] right = places(operands.get(2), fragments.rightRegisters(), assembler, false);
    int[] added = places(operands.get(3), fragments.resultRegisters(), assembler, false);
    assembler.add(
        type == MatrixType.BF16
            ? new BrainMultiply(target, left, right, added)
            : new MatrixMultiply(fragments, target, left, right, added));
  }

  static DenseMultiply.Arithmetic arithmetic(String bits, boolean saturated, boolean fused) {
    if (!bits.isEmpty()) {
      return bits.equals("and") ? DenseMultiply.Arithmetic.AND : DenseMultiply.Arithmetic.XOR;
    }
    if (fused) {
      return DenseMultiply.Arithmetic.FUSED;
    }
    return saturated ? DenseMultiply.Arithmetic.SATURATED : DenseMultiply.Arithmetic.PLAIN;
  }

  /** Adds a multiplication with the operands D, A, B, C. */
  static void add(
      DenseMultiply.Matrices matrices,
      List<Operand> operands,
      DenseMultiply.Arithmetic arithmetic,
      Assembler assembler) {
    count(operands, assembler);
    DenseMultiply.Registers registers =
        new DenseMultiply.Registers(
            places(operands.getFirst(), matrices.result(), assembler, true),
            places(operands.get(1), matrices.left(), assembler, false),
            places(operands.get(2), matrices.right(), assembler, false),
            places(operands.get(3), matrices.added(), assembler, false));
    assembler.add(new DenseMultiply(matrices, registers, arithmetic));
  }

  private static void count(List<Operand> operands, Assembler assembler) {
    if (operands.size() != 4) {
      throw assembler.error("takes four matrices, not " + operands.size());
    }
  }

  /** The registers of a fragment. */
  static int[] places(Operand operand, FragmentMap map, Assembler assembler, boolean result) {
    return places(operand, map.registers(), assembler, result, map.type().register());
  }

  private static int[] places(Operand operand, int count, Assembler assembler, boolean result) {
    return places(operand, count, assembler, result, int.class);
  }

  private static int[] places(
      Operand operand, int count, Assembler assembler, boolean result, Class<?> type) {
    List<Operand> elements =
        operand instanceof Operand.Vector(List<Operand> list) ? list : List.of(operand);
    if (elements.size() != count) {
      throw assembler.error("a fragment of " + count + " registers, not " + elements.size());
    }
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      Operand element = elements.get(i);
      places[i] = result ? assembler.target(element, type) : assembler.source(element, type);
    }
    return places;
  }
}
