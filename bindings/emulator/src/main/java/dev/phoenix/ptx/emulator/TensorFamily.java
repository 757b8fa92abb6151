package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Warp-level matrix instructions (section Warp Level Matrix Multiply-Accumulate Instructions). */
final class TensorFamily implements InstructionFamily {
  private static final String[] SHAPES = {
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
    "m8n8k128"
  };

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
    int[] targets = targets(instruction.operands().getFirst(), count, assembler);
    AddressOperand address = AddressOperand.of(instruction.operands().get(1), assembler);
    assembler.add(new LoadMatrix(MemoryOperation.space(space), address, targets, transposed));
  }

  private static void multiply(Instruction instruction, OpcodeReader opcode, Assembler assembler) {
    opcode.expect("sync");
    opcode.expect("aligned");
    WmmaFamily.Shape shape = WmmaFamily.Shape.of(opcode.oneOf(SHAPES));
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
    if (!depths(a).contains(shape.name())
        || (a != b && !differInSign(a, b))
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

  private static boolean differInSign(MatrixType a, MatrixType b) {
    return a.bits() == b.bits() && a.isInteger() && b.isInteger();
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
    int[] target = targets(operands.getFirst(), fragments.resultRegisters(), assembler);
    int[] left = sources(operands.get(1), fragments.leftRegisters(), assembler);
    int[] right = sources(operands.get(2), fragments.rightRegisters(), assembler);
    int[] added = sources(operands.get(3), fragments.resultRegisters(), assembler);
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
            targets(operands.getFirst(), matrices.result(), assembler),
            sources(operands.get(1), matrices.left(), assembler),
            sources(operands.get(2), matrices.right(), assembler),
            sources(operands.get(3), matrices.added(), assembler));
    assembler.add(new DenseMultiply(matrices, registers, arithmetic));
  }

  private static void count(List<Operand> operands, Assembler assembler) {
    if (operands.size() != 4) {
      throw assembler.error("takes four matrices, not " + operands.size());
    }
  }

  /** The registers to which a fragment is written. */
  static int[] targets(Operand operand, FragmentMap map, Assembler assembler) {
    Class<?> type = map.type().register();
    return places(operand, map.registers(), assembler, each -> assembler.target(each, type));
  }

  private static int[] targets(Operand operand, int count, Assembler assembler) {
    return places(operand, count, assembler, each -> assembler.target(each, int.class));
  }

  /** The registers from which a fragment is read. */
  static int[] sources(Operand operand, FragmentMap map, Assembler assembler) {
    Class<?> type = map.type().register();
    return places(operand, map.registers(), assembler, each -> assembler.source(each, type));
  }

  private static int[] sources(Operand operand, int count, Assembler assembler) {
    return places(operand, count, assembler, each -> assembler.source(each, int.class));
  }

  private static int[] places(
      Operand operand, int count, Assembler assembler, ToIntFunction<Operand> place) {
    List<Operand> elements =
        operand instanceof Operand.Vector(List<Operand> list) ? list : List.of(operand);
    if (elements.size() != count) {
      throw assembler.error("a fragment of " + count + " registers, not " + elements.size());
    }
    return elements.stream().mapToInt(place).toArray();
  }
}
