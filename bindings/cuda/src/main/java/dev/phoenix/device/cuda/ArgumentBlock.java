package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.KernelArguments.Argument;
import dev.phoenix.device.KernelArguments.F32;
import dev.phoenix.device.KernelArguments.F64;
import dev.phoenix.device.KernelArguments.I32;
import dev.phoenix.device.KernelArguments.I64;
import dev.phoenix.device.KernelArguments.NullPointer;
import dev.phoenix.device.KernelArguments.Pointer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The arguments of a launch in native memory, as {@code cuLaunchKernel} reads them: an array of
 * addresses, one for each argument's value. The driver copies the values before it returns, so one
 * block serves all launches of a stream.
 */
final class ArgumentBlock implements AutoCloseable {
  private static final int SLOT_BYTES = 8;

  private static final int FIRST_CAPACITY = 32;

  private Slots slots = Slots.create(FIRST_CAPACITY);
  private boolean closed;

  private ArgumentBlock() {}

  static ArgumentBlock create() {
    return new ArgumentBlock();
  }

  /** Values and their addresses. */
  private record Slots(Arena arena, MemorySegment values, MemorySegment addresses) {
    static Slots create(int count) {
      // Shared arena: a stream may be closed by a thread other than its user.
      Arena arena = Arena.ofShared();
      MemorySegment values = arena.allocate((long) count * SLOT_BYTES, SLOT_BYTES);
      MemorySegment addresses = arena.allocate((long) count * SLOT_BYTES, SLOT_BYTES);
      for (int i = 0; i < count; i++) {
        long address = values.address() + (long) i * SLOT_BYTES;
        addresses.setAtIndex(ValueLayout.JAVA_LONG, i, address);
      }
      return new Slots(arena, values, addresses);
    }

    int capacity() {
      return Math.toIntExact(values.byteSize() / SLOT_BYTES);
    }
  }

  /**
   * Writes the arguments.
   *
   * @param addressOf the device address of an argument's memory
   * @return the array of addresses, valid until the next call
   */
  MemorySegment pack(List<Argument> arguments, ToLongFunction<DeviceMemory> addressOf) {
    if (closed) {
      throw new IllegalStateException("the argument block is closed");
    }
    if (arguments.size() > slots.capacity()) {
      Slots full = slots;
      slots = Slots.create(2 * arguments.size());
      full.arena().close();
    }
    for (int i = 0; i < arguments.size(); i++) {
      // Little endian: a 32-bit value lies in the low half of its slot.
      slots.values().setAtIndex(ValueLayout.JAVA_LONG, i, bits(arguments.get(i), addressOf));
    }
    return slots.addresses();
  }

  private static long bits(Argument argument, ToLongFunction<DeviceMemory> addressOf) {
    return switch (argument) {
      case Pointer(DeviceMemory memory) -> addressOf.applyAsLong(memory);
      case NullPointer() -> 0;
      case I32(int value) -> Integer.toUnsignedLong(value);
      case I64(long value) -> value;
      case F32(float value) -> Integer.toUnsignedLong(Float.floatToRawIntBits(value));
      case F64(double value) -> Double.doubleToRawLongBits(value);
    };
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      slots.arena().close();
    }
  }
}
