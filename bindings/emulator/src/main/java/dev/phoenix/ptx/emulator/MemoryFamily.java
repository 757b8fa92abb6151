package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import dev.phoenix.ptx.StateSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads and stores (sections ld, ld.global.nc, st). Cache operators, eviction priorities and
 * prefetch sizes are recognised and change nothing.
 */
final class MemoryFamily implements InstructionFamily {
  private static final String[] SPACES = {
    "global", "shared", "shared::cta", "local", "const", "param", "param::entry", "param::func"
  };
  private static final String[] SCOPES = {"cta", "cluster", "gpu", "sys"};

  /** Hints that affect speed, not results. */
  static final String[] HINTS = {
    "ca",
    "cg",
    "cs",
    "lu",
    "cv",
    "wb",
    "wt",
    "nc",
    "L1::evict_normal",
    "L1::evict_unchanged",
    "L1::evict_first",
    "L1::evict_last",
    "L1::no_allocate",
    "L2::evict_normal",
    "L2::evict_first",
    "L2::evict_last",
    "L2::64B",
    "L2::128B",
    "L2::256B"
  };

  @Override
  public void decode(Instruction instruction, Assembler assembler) {
    if (instruction.mnemonic().equals("prefetch")) {
      return;
    }
    OpcodeReader opcode = new OpcodeReader(assembler, instruction.opcode());
    boolean store = instruction.mnemonic().equals("st");
    boolean strong = strength(opcode);
    String space = opcode.anyOf(SPACES);
    while (!opcode.anyOf(HINTS).isEmpty()) {
      // Each hint may occur once; a second of the same kind is harmless.
    }
    int count = count(opcode);
    ScalarType type = opcode.type();
    opcode.end();
    List<Operand> operands = instruction.operands();
    if (operands.size() != 2) {
      throw assembler.error("takes two operands");
    }
    AddressOperand address = AddressOperand.of(operands.get(store ? 0 : 1), assembler);
    List<Transfer> transfers =
        transfers(operands.get(store ? 1 : 0), type, count, store, assembler);
    int bytes = type.bytes() * count;
    if (store) {
      Access access = strong ? Access.STRONG_WRITE : Access.WRITE;
      assembler.add(new StoreOperation(spaceOf(space, address), address, transfers, bytes, access));
    } else if (space.startsWith("param") && address.symbolSpace() == StateSpace.PARAM) {
      assembler.add(parameter(address.fixed(), transfers, bytes, assembler));
    } else {
      Access access = strong ? Access.STRONG_READ : Access.READ;
      assembler.add(new LoadOperation(spaceOf(space, address), address, transfers, bytes, access));
    }
  }

  private static boolean strength(OpcodeReader opcode) {
    String strength = opcode.anyOf("weak", "volatile", "relaxed", "acquire", "release", "mmio");
    if (strength.isEmpty() || strength.equals("weak")) {
      return false;
    }
    if (!strength.equals("volatile")) {
      opcode.oneOf(SCOPES);
    }
    return true;
  }

  private static int count(OpcodeReader opcode) {
    return switch (opcode.anyOf("v2", "v4")) {
      case "v2" -> 2;
      case "v4" -> 4;
      default -> 1;
    };
  }

  /** The space of an access; parameters of inlined calls are local variables. */
  private static MemoryOperation.Space spaceOf(String space, AddressOperand address) {
    if (space.startsWith("param")) {
      return address.symbolSpace() == StateSpace.LOCAL
          ? MemoryOperation.Space.LOCAL
          : MemoryOperation.Space.GLOBAL;
    }
    return MemoryOperation.space(space);
  }

  private static Operation parameter(
      long offset, List<Transfer> transfers, int bytes, Assembler assembler) {
    Allocation parameters = assembler.parameters();
    if (offset < 0 || offset + bytes > parameters.byteSize || offset % bytes != 0) {
      throw assembler.error("reads outside the parameters, or misaligned");
    }
    return new ParameterLoad(transfers, parameters.nativeBase + offset);
  }

  private static List<Transfer> transfers(
      Operand operand, ScalarType type, int count, boolean store, Assembler assembler) {
    List<Operand> elements =
        operand instanceof Operand.Vector(List<Operand> list) ? list : List.of(operand);
    if (elements.size() != count) {
      throw assembler.error(count + " elements, but " + elements.size() + " registers");
    }
    List<Transfer> transfers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Operand element = elements.get(i);
      int offset = i * type.bytes();
      if (element instanceof Operand.Sink && !store) {
        continue;
      }
      transfers.add(transfer(element, type, offset, store, assembler));
    }
    return List.copyOf(transfers);
  }

  private static Transfer transfer(
      Operand element, ScalarType type, int offset, boolean store, Assembler assembler) {
    if (store && !(element instanceof Operand.Name)) {
      boolean wide = type.bits() == 64;
      Class<?> java = wide ? type == ScalarType.F64 ? double.class : long.class : int.class;
      ScalarType register = wide ? ScalarType.B64 : ScalarType.B32;
      return new Transfer(assembler.source(element, java), register, type, offset);
    }
    ScalarType register = assembler.registerType(element);
    if (register.bits() < type.bits()) {
      throw assembler.error("register " + element + " is narrower than ." + type);
    }
    Class<?> java = register.bits() == 64 ? long.class : int.class;
    int slot = store ? assembler.source(element, java) : assembler.target(element, java);
    return new Transfer(slot, register, type, offset);
  }
}
