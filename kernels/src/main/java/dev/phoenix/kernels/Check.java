package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;

/** Argument checks of the launchers. */
final class Check {
  private static final int VECTOR = 16;

  private Check() {}

  /** Checks that memory holds at least {@code shape} elements; a longer buffer is allowed. */
  static void holds(String what, DeviceMemory memory, ElementType type, long... shape) {
    holdsBytes(what, memory, elements(shape) * type.byteSize(), type + describe(shape));
  }

  /** Checks that memory holds at least {@code shape} 32-bit integers. */
  static void holdsIntegers(String what, DeviceMemory memory, long... shape) {
    holdsBytes(what, memory, elements(shape) * Integer.BYTES, "int32" + describe(shape));
  }

  /** Checks that memory has at least {@code byteSize} bytes. */
  static void holdsBytes(String what, DeviceMemory memory, long byteSize, String shape) {
    if (memory.byteSize() < byteSize) {
      throw new IllegalArgumentException(
          "%s: expected %s = %d bytes, found %d"
              .formatted(what, shape, byteSize, memory.byteSize()));
    }
  }

  /** Checks that {@code least <= value <= most}. */
  static void between(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, found %d".formatted(what, least, most, value));
    }
  }

  /** Whether every operand begins at a multiple of 16 bytes. */
  static boolean aligned(DeviceMemory... operands) {
    for (DeviceMemory operand : operands) {
      if (operand.address() % VECTOR != 0) {
        return false;
      }
    }
    return true;
  }

  /** Checks that memory begins at a multiple of 16 bytes. */
  static void beginsAligned(String what, DeviceMemory memory) {
    if (!aligned(memory)) {
      throw new IllegalArgumentException(
          "%s: expected a multiple of %d bytes as address, found 0x%x"
              .formatted(what, VECTOR, memory.address()));
    }
  }

  private static long elements(long[] shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("a size is negative: " + describe(shape));
      }
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  private static String describe(long[] shape) {
    return java.util.Arrays.toString(shape);
  }
}
