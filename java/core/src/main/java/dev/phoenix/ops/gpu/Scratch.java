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
 * Memory that lives from one command to the next, and the operands of kernels in the precision that
 * these read: tensors are converted where they are of the other one.
 */
final class Scratch implements AutoCloseable {
  private final Engine engine;
  private final ConvertKernel convert;
  private final Map<Use, DeviceBuffer> buffers = new EnumMap<>(Use.class);

  /** What a piece of scratch memory is for; an operation has at most one of each. */
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

  /** {@code byteSize} bytes or more. */
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

  /** The values of {@code x} as {@code type}. */
  DeviceMemory input(GpuTensor x, ElementType type) {
    return input(Use.INPUT, x, type);
  }

  /** The same for an operation with several such operands. */
  DeviceMemory input(Use use, GpuTensor x, ElementType type) {
    if (x.type() == type) {
      return x.memory();
    }
    DeviceMemory converted = memory(use, (long) x.elements() * type.byteSize());
    convert(converted, type, x.memory(), x.elements());
    return converted;
  }

  /** Where to write {@code out} as {@code type}; followed by {@link #written}. */
  DeviceMemory output(GpuTensor out, ElementType type) {
    return out.type() == type
        ? out.memory()
        : memory(Use.OUTPUT, (long) out.elements() * type.byteSize());
  }

  /** Brings what was written to {@link #output} home. */
  void written(GpuTensor out, ElementType type) {
    if (out.type() != type) {
      DeviceMemory from = memory(Use.OUTPUT, (long) out.elements() * type.byteSize());
      convert(out.memory(), out.type(), from, out.elements());
    }
  }

  /** Records the conversion of {@code count} values to {@code type} from the other one. */
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
