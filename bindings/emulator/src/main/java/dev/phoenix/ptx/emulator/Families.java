package dev.phoenix.ptx.emulator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Maps mnemonics to the families that decode them; all others are scalar. */
final class Families {
  private static final Map<String, InstructionFamily> BY_MNEMONIC = table();
  private static final InstructionFamily SCALAR = new ScalarFamily();

  private Families() {}

  static InstructionFamily of(String mnemonic) {
    return BY_MNEMONIC.getOrDefault(mnemonic, SCALAR);
  }

  private static Map<String, InstructionFamily> table() {
    Map<String, InstructionFamily> table = new HashMap<>();
    put(table, new ControlFamily(), "bra", "brx", "ret", "exit", "trap", "nanosleep");
    put(table, new CallFamily(), "call");
    put(table, new MoveFamily(), "mov", "cvta", "isspacep");
    put(table, new ComparisonFamily(), "setp", "set");
    put(table, new ConversionFamily(), "cvt");
    put(table, new LogicFamily(), "and", "or", "xor", "not");
    put(table, new CarryFamily(), "add", "addc", "sub", "subc", "mad", "madc");
    put(table, new MemoryFamily(), "ld", "ldu", "st", "prefetch");
    put(table, new AtomicFamily(), "atom", "red");
    put(table, new MbarrierFamily(), "mbarrier");
    put(table, new AsyncCopyFamily(), "cp");
    put(table, new WarpFamily(), "shfl", "vote", "match", "redux", "activemask");
    put(table, new BarrierFamily(), "bar", "barrier", "membar", "fence");
    put(table, new TensorFamily(), "mma", "ldmatrix");
    put(table, new WmmaFamily(), "wmma");
    return Map.copyOf(table);
  }

  private static void put(
      Map<String, InstructionFamily> table, InstructionFamily family, String... mnemonics) {
    for (String mnemonic : List.of(mnemonics)) {
      table.put(mnemonic, family);
    }
  }
}
