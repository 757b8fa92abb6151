package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ptx.PtxModule;
import dev.phoenix.ptx.StateSpace;
import dev.phoenix.ptx.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A parsed module and the memory of its variables. A kernel is decoded when it is first requested.
 */
final class EmulatedModule implements KernelModule {
  private final EmulatedDevice device;
  private final PtxModule module;
  private final Map<String, Long> addresses = new HashMap<>();
  private final Map<String, EmulatedKernel> kernels = new HashMap<>();
  private final List<Allocation> owned = new ArrayList<>();
  private boolean closed;

  private EmulatedModule(EmulatedDevice device, PtxModule module) {
    this.device = device;
    this.module = module;
  }

  static EmulatedModule create(EmulatedDevice device, PtxModule module) {
    return Closer.open(
        owner -> {
          EmulatedModule loaded = owner.own(new EmulatedModule(device, module));
          loaded.allocateVariables();
          return loaded;
        });
  }

  private void allocateVariables() {
    addresses.putAll(module.functionAddresses());
    Map<String, Allocation> memory = new HashMap<>();
    for (Variable variable : module.variables().values()) {
      boolean constant = variable.space() == StateSpace.CONST;
      if (constant || variable.space() == StateSpace.GLOBAL) {
        String label = "." + variable.space() + " " + variable.name();
        long bytes = Math.max(1, variable.byteSize());
        GlobalMemory global = device.memory();
        Allocation allocation =
            constant ? global.allocateReadOnly(label, bytes) : global.allocateZeroed(label, bytes);
        owned.add(allocation);
        memory.put(variable.name(), allocation);
        addresses.put(variable.name(), allocation.base);
      }
    }
    memory.forEach((name, allocation) -> initialise(name, allocation));
  }

  private void initialise(String name, Allocation allocation) {
    Variable variable = module.variables().get(name);
    if (variable == null) {
      return;
    }
    for (Variable.Initialiser value : variable.initialisers()) {
      long bits = value.bits();
      if (!value.symbol().isEmpty()) {
        bits += symbol(value.symbol());
      }
      long at = allocation.nativeBase + value.offset();
      switch (value.byteSize()) {
        case 1 -> NativeMemory.putByte(at, (byte) bits);
        case 2 -> NativeMemory.putShort(at, (short) bits);
        case 4 -> NativeMemory.putInt(at, (int) bits);
        default -> NativeMemory.putLong(at, bits);
      }
    }
  }

  private long symbol(String name) {
    Long address = addresses.get(name);
    if (address == null) {
      throw new DeviceException(
          "loadModule(" + module.name() + ")",
          "UNSUPPORTED_INITIALISER",
          "A variable is initialised with the address of '" + name + "'.");
    }
    return address;
  }

  @Override
  public String name() {
    return module.name();
  }

  @Override
  public Kernel kernel(String entry) {
    checkOpen();
    if (!module.entries().contains(entry)) {
      throw new DeviceException(
          "kernel(\"" + entry + "\")",
          "NOT_FOUND",
          "Module " + module.name() + " has " + module.entries());
    }
    return kernels.computeIfAbsent(entry, e -> EmulatedKernel.create(device, this, e, addresses));
  }

  PtxModule source() {
    return module;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("module " + module.name() + " is closed");
    }
  }

  /** Memory that lives as long as the module. */
  Allocation own(Allocation allocation) {
    owned.add(allocation);
    return allocation;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.handleClosed(this);
      owned.forEach(device.memory()::free);
    }
  }
}
