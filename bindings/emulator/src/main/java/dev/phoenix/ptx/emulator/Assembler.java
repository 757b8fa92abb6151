package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.BasicBlock;
import dev.phoenix.ptx.FlowGraph;
import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.PtxException;
import dev.phoenix.ptx.PtxModule;
import dev.phoenix.ptx.ScalarType;
import dev.phoenix.ptx.StateSpace;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Translates a kernel's instructions into operations and its register names into slots. */
final class Assembler {
  private final PtxModule module;
  private final FlowGraph graph;
  private final Layout layout;
  private final Allocation parameters;
  private final SlotTable slots;
  private final List<Operation> code = new ArrayList<>();
  private final Map<BasicBlock, Integer> starts = new HashMap<>();
  private Instruction current;
  private BasicBlock block;

  private Assembler(
      PtxModule module, FlowGraph graph, Layout layout, Allocation parameters, BasicBlock first) {
    this.module = module;
    this.graph = graph;
    this.layout = layout;
    this.parameters = parameters;
    this.slots = new SlotTable(graph.function().registers());
    this.block = first;
    this.current = new Instruction(0, null, "exit", List.of());
  }

  /**
   * Decodes a kernel.
   *
   * @param parameters memory that holds the launch's arguments
   * @throws PtxException at the first instruction that is not supported
   */
  static Program assemble(PtxModule module, FlowGraph graph, Layout layout, Allocation parameters) {
    List<BasicBlock> order = graph.ordered();
    return new Assembler(module, graph, layout, parameters, order.getFirst()).assemble(order);
  }

  private Program assemble(List<BasicBlock> order) {
    for (int i = 0; i < order.size(); i++) {
      block = order.get(i);
      starts.put(block, code.size());
      for (Instruction instruction : block.instructions()) {
        current = instruction;
        Families.of(instruction.mnemonic()).decode(instruction, this);
      }
      BasicBlock next = block.next();
      boolean falls = next != null && i + 1 < order.size() && order.get(i + 1) == next;
      if (next != null && !falls) {
        append(new BranchOperation(next));
      } else if (next == null && (block.instructions().isEmpty() || !endsBlock())) {
        append(new ExitOperation());
      }
    }
    for (Operation operation : code) {
      operation.link(starts);
    }
    if (code.size() > 1 << 20) {
      throw error("more than 2^20 operations");
    }
    int maxThreads = graph.function().signature().maxThreads();
    return new Program(
        graph.function().name(), code, slots.size(), slots.fixed(), layout.needs(maxThreads));
  }

  private boolean endsBlock() {
    return switch (current.mnemonic()) {
      case "bra", "brx", "ret", "exit", "trap" -> true;
      default -> false;
    };
  }

  PtxModule module() {
    return module;
  }

  /** The block being decoded. */
  BasicBlock block() {
    return block;
  }

  SlotTable slots() {
    return slots;
  }

  Layout layout() {
    return layout;
  }

  Allocation parameters() {
    return parameters;
  }

  /** Adds an operation under the guard of the current instruction. */
  void add(Operation operation) {
    append(operation);
    Instruction.Guard guard = current.guard();
    if (guard != null) {
      operation.guard = slots.register(guard.register(), ScalarType.PRED);
      operation.guardNegated = guard.negated();
    }
  }

  private void append(Operation operation) {
    operation.line = current.line();
    operation.text = current.toString();
    operation.index = code.size();
    code.add(operation);
  }

  /** Adds a scalar method with these operands, result first. */
  void addScalar(Method method, List<Operand> operands) {
    Class<?>[] types = method.getParameterTypes();
    if (operands.size() != types.length + 1) {
      throw error("takes " + (types.length + 1) + " operands, not " + operands.size());
    }
    int[] places = new int[operands.size()];
    for (int i = 0; i < types.length; i++) {
      places[i + 1] = source(operands.get(i + 1), types[i]);
    }
    places[0] = target(operands.getFirst(), method.getReturnType());
    addScalar(method, places);
  }

  /** Adds a scalar method with these register slots, result first. */
  void addScalar(Method method, int... places) {
    Ptx ptx = method.getAnnotation(Ptx.class);
    add(LaneLoops.of(method, places).costing(ptx.cost()));
  }

  /** The slot from which an operand of this Java type is read. */
  int source(Operand operand, Class<?> type) {
    return switch (operand) {
      case Operand.Name(String name) -> named(name, 0, type);
      case Operand.Address(String name, long offset) -> named(name, offset, type);
      case Operand.IntegerConstant(long value) -> integer(value, type);
      case Operand.FloatConstant(double value, ScalarType written) ->
          floating(value, written, type);
      case Operand.Not(String register) when type == boolean.class -> complement(register);
      default -> throw error("operand " + operand + " does not fit here");
    };
  }

  private int complement(String register) {
    int place = slots.temporary(SlotTable.Bank.PREDICATE, 7);
    add(new PredicateOperation(PredicateOperation.Logic.NOT, place, predicate(register), 0));
    return place;
  }

  private int named(String name, long offset, Class<?> type) {
    ScalarType declared = slots.type(name);
    if (declared != null) {
      if (SlotTable.bank(declared) != bank(type) || offset != 0) {
        throw error("register " + name + " is ." + declared + ", which does not fit here");
      }
      return slots.register(name, declared);
    }
    if (SpecialRegisters.isKnown(name) && bank(type) == SlotTable.Bank.WORD) {
      return slots.special(name);
    }
    if (name.equals("WARP_SZ")) {
      return integer(Warp.LANES, type);
    }
    Layout.Place place = layout.find(name);
    if (place == null) {
      throw error("'" + name + "' is not declared");
    }
    long address = place.address() + offset;
    if (place.space() == StateSpace.PARAM) {
      address += parameters.base;
    }
    return integer(address, type);
  }

  private int integer(long value, Class<?> type) {
    if (type == long.class) {
      return slots.constant(value);
    }
    if (type == short.class || type == char.class) {
      return slots.constant((int) value & 0xffff);
    }
    if (type == int.class) {
      return slots.constant((int) value);
    }
    if (type == boolean.class) {
      return slots.constant(value != 0);
    }
    throw error("the integer " + value + " does not fit here");
  }

  private int floating(double value, ScalarType written, Class<?> type) {
    if (type == double.class || (type == long.class && written == ScalarType.F64)) {
      return slots.constant(Double.doubleToRawLongBits(value));
    }
    if (type == float.class || type == int.class) {
      return slots.constant(Float.floatToRawIntBits((float) value));
    }
    throw error("the number " + value + " does not fit here");
  }

  /** The slot to which a result of this Java type is written. */
  int target(Operand operand, Class<?> type) {
    if (operand instanceof Operand.Sink) {
      return slots.temporary(bank(type), 9);
    }
    if (operand instanceof Operand.Name(String name)) {
      ScalarType declared = slots.type(name);
      if (declared != null && SlotTable.bank(declared) == bank(type)) {
        return slots.register(name, declared);
      }
    }
    throw error("'" + operand + "' can't take the result");
  }

  /** The slot of a predicate register. */
  int predicate(String name) {
    return name.equals("_")
        ? slots.temporary(SlotTable.Bank.PREDICATE, 9)
        : source(new Operand.Name(name), boolean.class);
  }

  /** The declared type of a register operand. */
  ScalarType registerType(Operand operand) {
    if (operand instanceof Operand.Name(String name)) {
      ScalarType type = slots.type(name);
      if (type != null) {
        return type;
      }
    }
    throw error("expected a register, found " + operand);
  }

  int temporaryWord(int number) {
    return slots.temporary(SlotTable.Bank.WORD, number);
  }

  int temporaryLong(int number) {
    return slots.temporary(SlotTable.Bank.LONG, number);
  }

  int temporaryPredicate(int number) {
    return slots.temporary(SlotTable.Bank.PREDICATE, number);
  }

  static SlotTable.Bank bank(Class<?> type) {
    if (type == boolean.class) {
      return SlotTable.Bank.PREDICATE;
    }
    return type == long.class || type == double.class ? SlotTable.Bank.LONG : SlotTable.Bank.WORD;
  }

  PtxException error(String what) {
    return new PtxException(module.name(), current.line(), current + ": " + what);
  }
}
