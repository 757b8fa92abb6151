package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelAttributes;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.ptx.FlowGraph;
import dev.phoenix.ptx.Function;
import dev.phoenix.ptx.PtxModule;
import dev.phoenix.ptx.Variable;
import java.util.List;
import java.util.Map;

/** A decoded kernel and the memory of its parameters. */
final class EmulatedKernel implements Kernel {
  private final EmulatedModule module;
  private final Program program;
  private final Allocation parameters;
  private int dynamicLimit = EmulatedDevice.SHARED_BYTES;

  private EmulatedKernel(EmulatedModule module, Program program, Allocation parameters) {
    this.module = module;
    this.program = program;
    this.parameters = parameters;
  }

  static EmulatedKernel create(
      EmulatedDevice device, EmulatedModule owner, String entry, Map<String, Long> globals) {
    PtxModule module = owner.source();
    Function function = module.functions().get(entry);
    if (function == null) {
      throw new IllegalArgumentException(entry);
    }
    FlowGraph graph = FlowGraph.of(module, function);
    Layout layout = new Layout(module, graph.function(), globals);
    long bytes = 16;
    for (Variable parameter : function.signature().parameters()) {
      bytes += parameter.byteSize() + parameter.alignment();
    }
    Allocation parameters =
        owner.own(device.memory().allocateReadOnly("parameters of " + entry, bytes));
    return new EmulatedKernel(
        owner, Assembler.assemble(module, graph, layout, parameters), parameters);
  }

  @Override
  public String name() {
    return program.name();
  }

  @Override
  public KernelAttributes attributes() {
    return new KernelAttributes(
        0, program.needs().staticSharedBytes(), program.localBytes(), maxThreads());
  }

  private int maxThreads() {
    int promised = program.needs().maxThreads();
    return promised == 0 ? EmulatedDevice.MAX_THREADS : promised;
  }

  @Override
  public void reserveDynamicShared(int byteSize) {
    // byteSize is dynamic memory only; the kernel's static shared memory is added.
    int shared = byteSize + program.needs().staticSharedBytes();
    if (shared > EmulatedDevice.SHARED_BYTES_OPT_IN) {
      throw new DeviceException(
          "reserveDynamicShared(" + byteSize + ") of " + name(),
          "INVALID_VALUE",
          "A block has at most " + EmulatedDevice.SHARED_BYTES_OPT_IN + " bytes.");
    }
    dynamicLimit = Math.max(EmulatedDevice.SHARED_BYTES, shared);
  }

  @Override
  public int maxActiveBlocks(int blockThreads, int dynamicSharedBytes) {
    int shared = program.needs().staticSharedBytes() + dynamicSharedBytes;
    int byThreads = EmulatedDevice.THREADS_PER_MULTIPROCESSOR / Math.max(1, blockThreads);
    return Math.min(byThreads, EmulatedDevice.SHARED_BYTES_OPT_IN / Math.max(1, shared));
  }

  /** Checks a launch and writes its arguments to the kernel's parameter memory. */
  void prepare(LaunchShape shape, KernelArguments arguments) {
    module.checkOpen();
    int shared = program.needs().staticSharedBytes() + shape.dynamicSharedBytes();
    if (shape.block().count() > maxThreads() || shared > dynamicLimit) {
      throw new DeviceException(
          "launch of " + name() + " as " + shape,
          "INVALID_VALUE",
          "At most "
              + maxThreads()
              + " threads and "
              + dynamicLimit
              + " bytes of shared memory; reserveDynamicShared opts in to more.");
    }
    if (shape.scheduling() == LaunchShape.Scheduling.COOPERATIVE) {
      checkResident(shape);
    }
    List<Program.Parameter> expected = program.needs().parameters();
    List<KernelArguments.Argument> given = arguments.values();
    if (expected.size() != given.size()) {
      throw new IllegalArgumentException(
          name() + " takes " + expected.size() + " arguments, not " + given.size());
    }
    for (int i = 0; i < given.size(); i++) {
      Program.Parameter parameter = expected.get(i);
      if (parameter.byteSize() != given.get(i).byteSize()) {
        throw new IllegalArgumentException(
            "parameter "
                + i
                + " ("
                + parameter.name()
                + ") of "
                + name()
                + " has "
                + parameter.byteSize()
                + " bytes, but the argument is "
                + given.get(i));
      }
      write(parameters.nativeBase + parameter.offset(), given.get(i));
    }
  }

  /** Checks that all blocks of a cooperative launch can be resident at once. */
  private void checkResident(LaunchShape shape) {
    int perMultiprocessor =
        maxActiveBlocks((int) shape.block().count(), shape.dynamicSharedBytes());
    long resident = (long) perMultiprocessor * EmulatedDevice.MULTIPROCESSORS;
    if (shape.grid().count() > resident) {
      throw new DeviceException(
          "cooperative launch of " + name() + " as " + shape,
          "COOPERATIVE_LAUNCH_TOO_LARGE",
          "At most "
              + resident
              + " blocks of this size run at once: "
              + perMultiprocessor
              + " on each of "
              + EmulatedDevice.MULTIPROCESSORS
              + " multiprocessors.");
    }
  }

  private static void write(long at, KernelArguments.Argument argument) {
    switch (argument) {
      case KernelArguments.Pointer(DeviceMemory memory) ->
          NativeMemory.putLong(at, memory.address());
      case KernelArguments.NullPointer() -> NativeMemory.putLong(at, 0);
      case KernelArguments.I32(int value) -> NativeMemory.putInt(at, value);
      case KernelArguments.I64(long value) -> NativeMemory.putLong(at, value);
      case KernelArguments.F32(float value) ->
          NativeMemory.putInt(at, Float.floatToRawIntBits(value));
      case KernelArguments.F64(double value) ->
          NativeMemory.putLong(at, Double.doubleToRawLongBits(value));
    }
  }

  Program program() {
    return program;
  }
}
