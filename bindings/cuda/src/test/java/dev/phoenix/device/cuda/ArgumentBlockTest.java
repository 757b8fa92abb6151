package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.KernelArguments;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ArgumentBlockTest {
  private static MemorySegment value(MemorySegment addresses, int index) {
    long address = addresses.getAtIndex(ValueLayout.JAVA_LONG, index);
    assertEquals(0, address % 8, "aligned for any type");
    return MemorySegment.ofAddress(address).reinterpret(8);
  }

  @Test
  void laysEveryTypeOutAsCudaReadsIt() {
    KernelArguments arguments =
        KernelArguments.builder()
            .i32(0x80000001)
            .f32(Float.NaN)
            .i64(-3)
            .f64(Double.MIN_VALUE)
            .nullPointer()
            .build();
    try (ArgumentBlock block = ArgumentBlock.create()) {
      MemorySegment packed = block.pack(arguments.values(), memory -> 0);
      assertEquals(0x80000001, value(packed, 0).get(ValueLayout.JAVA_INT, 0));
      assertEquals(Float.NaN, value(packed, 1).get(ValueLayout.JAVA_FLOAT, 0));
      assertEquals(-3, value(packed, 2).get(ValueLayout.JAVA_LONG, 0));
      assertEquals(Double.MIN_VALUE, value(packed, 3).get(ValueLayout.JAVA_DOUBLE, 0));
      assertEquals(0, value(packed, 4).get(ValueLayout.JAVA_LONG, 0));
    }
  }

  @Test
  void growsWithTheArguments() {
    for (int count : new int[] {0, 1, 31, 32, 33, 500}) {
      KernelArguments.Builder arguments = KernelArguments.builder();
      for (int i = 0; i < count; i++) {
        arguments.i64(i * 7L);
      }
      try (ArgumentBlock block = ArgumentBlock.create()) {
        MemorySegment packed = block.pack(arguments.build().values(), memory -> 0);
        for (int i = 0; i < count; i++) {
          assertEquals(i * 7L, value(packed, i).get(ValueLayout.JAVA_LONG, 0));
        }
      }
    }
  }

  @Test
  void refusesUseAfterClose() {
    ArgumentBlock block = ArgumentBlock.create();
    block.close();
    block.close();
    KernelArguments none = KernelArguments.builder().build();
    assertThrows(IllegalStateException.class, () -> block.pack(none.values(), memory -> 0));
  }
}
