package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Function;
import dev.phoenix.ptx.Instruction;
import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.PtxModule;
import dev.phoenix.ptx.StateSpace;
import dev.phoenix.ptx.Statement;
import dev.phoenix.ptx.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of a kernel's variables in shared, local and parameter memory, and of the module's
 * variables.
 */
final class Layout {
  /**
   * Location of a symbol.
   *
   * @param space where it lives
   * @param address within its space; a generic address for global and constant memory
   * @param byteSize bytes
   */
  record Place(StateSpace space, long address, long byteSize) {}

  private final Map<String, Place> places = new HashMap<>();
  private final List<Program.Parameter> parameters = new ArrayList<>();
  private int sharedBytes;
  private int localBytes;

  /**
   * @param kernel calls inlined
   * @param globals address of each module-scope variable
   */
  Layout(PtxModule module, Function kernel, Map<String, Long> globals) {
    Set<String> used = namesIn(kernel);
    layParameters(kernel);
    for (Variable variable : kernel.variables()) {
      place(variable, variable.name(), globals);
    }
    for (Variable variable : module.variables().values()) {
      if (used.contains(variable.name())) {
        place(variable, variable.name(), globals);
      }
    }
    for (String name : used) {
      Long code = globals.get(name);
      if (module.functions().containsKey(name) && code != null) {
        places.put(name, new Place(StateSpace.GLOBAL, code, 0));
      }
    }
    // Dynamic shared memory begins after the static variables.
    sharedBytes = align(sharedBytes, 16);
    for (Variable variable : module.variables().values()) {
      if (variable.space() == StateSpace.SHARED && variable.byteSize() == 0) {
        places.put(variable.name(), new Place(StateSpace.SHARED, sharedBytes, 0));
      }
    }
    localBytes = align(localBytes, 16);
  }

  private void layParameters(Function kernel) {
    int offset = 0;
    for (Variable parameter : kernel.signature().parameters()) {
      offset = align(offset, parameter.alignment());
      int size = (int) parameter.byteSize();
      places.put(parameter.name(), new Place(StateSpace.PARAM, offset, size));
      parameters.add(new Program.Parameter(parameter.name(), offset, size));
      offset += size;
    }
  }

  private void place(Variable variable, String name, Map<String, Long> globals) {
    int size = (int) variable.byteSize();
    switch (variable.space()) {
      case SHARED -> {
        sharedBytes = align(sharedBytes, variable.alignment());
        places.put(name, new Place(StateSpace.SHARED, sharedBytes, size));
        sharedBytes += size;
      }
      // Parameters of inlined calls are ordinary variables of the thread.
      case LOCAL, PARAM -> {
        localBytes = align(localBytes, variable.alignment());
        places.put(name, new Place(StateSpace.LOCAL, localBytes, size));
        localBytes += size;
      }
      default -> {
        Long address = globals.get(name);
        if (address == null) {
          throw new IllegalStateException("no memory for " + name);
        }
        places.put(name, new Place(variable.space(), address, size));
      }
    }
  }

  private static Set<String> namesIn(Function kernel) {
    Set<String> names = new HashSet<>();
    for (Statement statement : kernel.body()) {
      if (statement instanceof Instruction instruction) {
        for (Operand operand : instruction.operands()) {
          switch (operand) {
            case Operand.Name(String text) -> names.add(text);
            case Operand.Address(String base, long offset) -> names.add(base);
            default -> {
              // Vectors, predicates and constants name no variables.
            }
          }
        }
      }
    }
    return names;
  }

  private static int align(int offset, int alignment) {
    return (offset + alignment - 1) / alignment * alignment;
  }

  @Nullable Place find(String name) {
    return places.get(name);
  }

  Program.Needs needs(int maxThreads) {
    return new Program.Needs(sharedBytes, localBytes, List.copyOf(parameters), maxThreads);
  }
}
