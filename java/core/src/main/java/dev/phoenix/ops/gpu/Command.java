package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;

/** Something for the device to do. Equal commands do the same to the same memory. */
sealed interface Command {
  /** Puts it on a stream. */
  void run(Stream stream);

  /** A kernel. */
  record Launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) implements Command {
    @Override
    public void run(Stream stream) {
      stream.launch(kernel, shape, arguments);
    }
  }

  /** A product, stored in or added to {@code c}. */
  record Product(Matmul plan, Sum sum, DeviceMemory c, DeviceMemory a, DeviceMemory b)
      implements Command {
    /** What becomes of the sums. */
    enum Sum {
      STORED,
      ADDED
    }

    @Override
    public void run(Stream stream) {
      if (sum == Sum.ADDED) {
        plan.runAdding(stream, c, a, b);
      } else {
        plan.run(stream, c, a, b);
      }
    }
  }

  /** A copy from pinned host memory, which keeps its place. */
  record Upload(DeviceMemory destination, MemorySegment source) implements Command {
    @Override
    public void run(Stream stream) {
      stream.copyToDevice(destination, source);
    }
  }

  /** A copy inside the device. */
  record Copy(DeviceMemory destination, DeviceMemory source) implements Command {
    @Override
    public void run(Stream stream) {
      stream.copy(destination, source);
    }
  }
}
