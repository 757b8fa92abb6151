package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;

/** A recorded device operation. Equal commands do the same work on the same memory. */
sealed interface Command {
  /** Enqueues the operation on a stream. */
  void run(Stream stream);

  /** A kernel launch. */
  record Launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) implements Command {
    @Override
    public void run(Stream stream) {
      stream.launch(kernel, shape, arguments);
    }
  }

  /** A matrix product, stored in or added to {@code c}. */
  record Product(Matmul plan, Sum sum, DeviceMemory c, DeviceMemory a, DeviceMemory b)
      implements Command {
    /** Whether the product replaces or is added to {@code c}. */
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

  /** A copy from pinned host memory at a fixed address. */
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
