package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.PtxException;
import java.util.List;
import java.util.Set;

/** wmma.load, wmma.store and wmma.mma (section Warp Level Matrix Instructions: wmma). */
final class WmmaFamily implements InstructionFamily {
  private static final Set<String> SHAPES_16 = Set.of("m16n16k16", "m32n8k16", "m8n32k16");
  private static final int HALF_REGISTERS = 8;

  /**
   * The sizes of a multiplication.
   *
   * @param name as in the opcode
   * @param m rows of A and C
   * @param n columns of B and C
   * @param k columns of A, rows of B
   */
  record Shape(String name, int m, int n, int k) {
    static Shape of(String name) {
      String[] parts = name.split("[mnk]");
      return new Shape(
          name, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
    }
  }

  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    switch (opcode.oneOf("load", "store", "mma")) {
      case "load" ->
          transfer(opcode, instruction.operands(), opcode.oneOf("a", "b", "c"), assembler);
      case "store" -> transfer(opcode, instruction.operands(), opcode.oneOf("d"), assembler);
      default -> multiply(opcode, instruction.operands(), assembler);
    }
  }

  private static Shape shape(OpcodeReader opcode) {
    return Shape.of(
        opcode.oneOf(
            "m16n16k16", "m32n8k16", "m8n32k16", "m16n16k8", "m8n8k4", "m8n8k32", "m8n8k128"));
  }

  private static void transfer(
      OpcodeReader opcode, List<Operand> operands, String matrix, Assembler assembler) {
    boolean store = matrix.equals("d");
    opcode.expect("sync");
    opcode.expect("aligned");
    boolean byRows = opcode.oneOf("row", "col").equals("row");
    Shape shape = shape(opcode);
    String space = opcode.anyOf("global", "shared", "shared::cta");
    MatrixType type = MatrixType.take(opcode);
    opcode.end();
    FragmentMap map = map(matrix, shape, type);
    if (map == null || (type.bits() < 8 && byRows != matrix.equals("a"))) {
      throw assembler.error("no such matrix fragment");
    }
    if (operands.size() < 2 || operands.size() > 3) {
      throw assembler.error("takes two or three operands, not " + operands.size());
    }
    AddressOperand address = AddressOperand.of(operands.get(store ? 0 : 1), assembler);
    int[] registers =
        store
            ? TensorFamily.sources(operands.get(1), map, assembler)
            : TensorFamily.targets(operands.getFirst(), map, assembler);
    int stride = operands.size() == 3 ? assembler.source(operands.get(2), int.class) : -1;
    assembler.add(
        new WmmaTransfer(
            MemoryOperation.space(space),
            address,
            map,
            registers,
            new WmmaTransfer.Form(byRows, stride, store)));
  }

  /** The fragment map of a matrix; null if the ISA has none of this shape and type. */
  private static @org.jspecify.annotations.Nullable FragmentMap map(
      String matrix, Shape shape, MatrixType type) {
    boolean input = matrix.equals("a") || matrix.equals("b");
    boolean known =
        switch (shape.name()) {
          case "m16n16k8" -> type == (input ? MatrixType.TF32 : MatrixType.F32);
          case "m8n8k4" -> type == MatrixType.F64;
          case "m8n8k32" ->
              input ? type == MatrixType.S4 || type == MatrixType.U4 : type == MatrixType.S32;
          case "m8n8k128" -> type == (input ? MatrixType.B1 : MatrixType.S32);
          default ->
              switch (type) {
                case F16 -> true;
                case BF16, S8, U8 -> input;
                case F32, S32 -> !input;
                default -> false;
              };
        };
    if (!known) {
      return null;
    }
    return switch (matrix) {
      case "a" ->
          FragmentMap.byRows(type, shape.m(), shape.k(), registers(type, shape.m() * shape.k()));
      case "b" ->
          FragmentMap.byColumns(type, shape.k(), shape.n(), registers(type, shape.k() * shape.n()));
      default -> {
        int elements = shape.m() * shape.n();
        yield FragmentMap.byRows(type, shape.m(), shape.n(), FragmentMap.registers(type, elements));
      }
    };
  }

  private static int registers(MatrixType type, int elements) {
    return type == MatrixType.F16 ? HALF_REGISTERS : FragmentMap.registers(type, elements);
  }

  private static void multiply(OpcodeReader opcode, List<Operand> operands, Assembler assembler) {
    String bits = opcode.anyOf("and", "xor");
    if (!bits.isEmpty()) {
      opcode.expect("popc");
    }
    opcode.expect("sync");
    opcode.expect("aligned");
    String leftLayout = opcode.oneOf("row", "col");
    String rightLayout = opcode.oneOf("row", "col");
    Shape shape = shape(opcode);
    Types types = Types.take(opcode);
    MatrixType left = types.left();
    if (left == MatrixType.F64) {
      opcode.accept("rn");
    }
    boolean saturated = left.isInteger() && opcode.accept("satfinite");
    opcode.end();
    boolean knownLayout =
        left.bits() >= 8 || (leftLayout.equals("row") && rightLayout.equals("col"));
    if (left != types.right()
        || !knownLayout
        || !fits(shape, types)
        || (left == MatrixType.B1) == bits.isEmpty()) {
      throw noSuchProduct(assembler);
    }
    DenseMultiply.Matrices matrices =
        new DenseMultiply.Matrices(
            fragment("a", shape, left, assembler),
            fragment("b", shape, left, assembler),
            fragment("c", shape, types.added(), assembler),
            fragment("d", shape, types.result(), assembler));
    DenseMultiply.Arithmetic arithmetic =
        TensorFamily.arithmetic(bits, saturated, left == MatrixType.F64);
    TensorFamily.add(matrices, operands, arithmetic, assembler);
  }

  private static FragmentMap fragment(
      String matrix, Shape shape, MatrixType type, Assembler assembler) {
    FragmentMap map = map(matrix, shape, type);
    if (map == null) {
      throw noSuchProduct(assembler);
    }
    return map;
  }

  private static PtxException noSuchProduct(Assembler assembler) {
    return assembler.error("no such matrix multiplication");
  }

  /** Whether products of these types may be added to one and written as the other. */
  private static boolean fits(Shape shape, Types types) {
    MatrixType added = types.added();
    MatrixType result = types.result();
    boolean half = types.left() == MatrixType.F16;
    boolean integer = types.left().isInteger();
    return ((half && SHAPES_16.contains(shape.name())) || result == added)
        && result.isInteger() == integer
        && added.isInteger() == integer
        && (half || (result != MatrixType.F16 && added != MatrixType.F16));
  }

  /** The types of D, A, B and C. */
  private record Types(MatrixType result, MatrixType left, MatrixType right, MatrixType added) {
    static Types take(OpcodeReader opcode) {
      MatrixType result = MatrixType.take(opcode);
      MatrixType next = MatrixType.take(opcode);
      if (opcode.atEnd() || opcode.peek().equals("satfinite")) {
        // .dtype.ctype: the inputs are f16.
        return new Types(result, MatrixType.F16, MatrixType.F16, next);
      }
      return new Types(result, next, MatrixType.take(opcode), MatrixType.take(opcode));
    }
  }
}
