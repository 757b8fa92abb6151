package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ConvertKernel;
import dev.phoenix.lifecycle.Closer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Temporary device memory of operations, and conversion of operands: a tensor of another type than
 * a kernel reads or writes is converted through a scratch buffer.
 */
final class Scratch implements AutoCloseable {
  private final Engine engine;
  private final ConvertKernel convert;
  private final Map<Use, DeviceBuffer> buffers = new EnumMap<>(Use.class);

  /** The purpose of a scratch buffer; an operation uses at most one buffer of each. */
  enum Use {
    INPUT,
    SECOND_INPUT,
    THIRD_INPUT,
    OUTPUT,
    PARTIALS,
    SECOND_PARTIALS,
    OWN,
    CONTROL,
    GATE_UP,
    NORMS
  }

  Scratch(Engine engine) {
    this.engine = engine;
    this.convert = new ConvertKernel(engine.library());
  }

  /** Returns the buffer of {@code use} with at least {@code byteSize} bytes. */
  DeviceMemory memory(Use use, long byteSize) {
    DeviceBuffer buffer = buffers.get(use);
    if (buffer == null || buffer.byteSize() < byteSize) {
      buffers.remove(use);
      if (buffer != null) {
        engine.free(buffer);
      }
      buffer = engine.allocate(byteSize);
      buffers.put(use, buffer);
    }
    return buffer;
  }

  /**
   * Returns the values of {@code x} as {@code type}, converted in the buffer {@link Use#INPUT} if
   * needed.
   */
  DeviceMemory input(GpuTensor x, ElementType type) {
    return input(Use.INPUT, x, type);
  }

  /**
   * Returns the values of {@code x} as {@code type}, converted in the buffer {@code use} if needed.
   * An operation uses one buffer per operand.
   */
  DeviceMemory input(Use use, GpuTensor x, ElementType type) {
    if (x.type() == type) {
      return x.memory();
    }
    DeviceMemory converted = memory(use, (long) x.elements() * type.byteSize());
    convert(converted, type, x.memory(), x.elements());
    return converted;
  }

  /**
   * Returns the memory to write {@code out} to as {@code type}; the caller then calls {@link
   * #written}.
   */
  DeviceMemory output(GpuTensor out, ElementType type) {
    return out.type() == type
        ? out.memory()
        : memory(Use.OUTPUT, (long) out.elements() * type.byteSize());
  }

  /** Converts the values written to {@link #output} to the type of {@code out}. */
  void written(GpuTensor out, ElementType type) {
    if (out.type() != type) {
      DeviceMemory from = memory(Use.OUTPUT, (long) out.elements() * type.byteSize());
      convert(out.memory(), out.type(), from, out.elements());
    }
  }

  /** Records the conversion of {@code count} values to {@code type} from the other type. */
  void convert(DeviceMemory to, ElementType type, DeviceMemory from, int count) {
    if (type == ElementType.BF16) {
      convert.narrow(engine.recorder(), to, from, count);
    } else {
      convert.widen(engine.recorder(), to, from, count);
    }
  }

  @Override
  public void close() {
    List<AutoCloseable> all = new ArrayList<>();
    buffers.values().forEach(buffer -> all.add(() -> engine.free(buffer)));
    buffers.clear();
    Closer.closeAll(all);
  }
}
