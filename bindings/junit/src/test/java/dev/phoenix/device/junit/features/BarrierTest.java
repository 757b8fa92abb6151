package dev.phoenix.device.junit.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.ptx.emulator.EmulatorFault;
import dev.phoenix.ptx.emulator.EmulatorFault.Kind;
import java.util.Arrays;
import java.util.Random;

/** cuda::barrier: mbarrier objects, copies that arrive at them, and their misuse. */
class BarrierTest {
  private static final int THREADS = 128;
  private static final String NO_INIT_WARNING = "-diag-suppress=20054";

  private static int[] numbers() {
    return new Random(1).ints(THREADS, -1000, 1000).toArray();
  }

  @OnDevice("both")
  void threadsMeetInManyPhases(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "barrier.cu", kernel = "reverse", options = NO_INIT_WARNING)
          Kernel kernel) {
    int rounds = 5;
    int[] in = numbers();
    int[] expected = in.clone();
    for (int round = 0; round < rounds; round++) {
      int[] next = new int[THREADS];
      for (int i = 0; i < THREADS; i++) {
        next[i] = expected[THREADS - 1 - i] + round;
      }
      expected = next;
    }
    DeviceBuffer out = arrays.allocate(THREADS * Integer.BYTES);
    stream.launch(
        kernel,
        LaunchShape.of(1, THREADS),
        KernelArguments.builder().pointer(out).pointer(arrays.of(in)).i32(rounds).build());
    assertArrayEquals(expected, arrays.ints(out));
  }

  @OnDevice("both")
  void copiesArriveWhenTheyEnd(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "barrier.cu", kernel = "staged", options = NO_INIT_WARNING)
          Kernel kernel) {
    int[] in = numbers();
    int[] expected = new int[THREADS];
    for (int i = 0; i < THREADS; i++) {
      expected[i] = in[(i + 1) % THREADS];
    }
    DeviceBuffer out = arrays.allocate(THREADS * Integer.BYTES);
    stream.launch(
        kernel,
        LaunchShape.of(1, THREADS),
        KernelArguments.builder().pointer(out).pointer(arrays.of(in)).build());
    assertArrayEquals(expected, arrays.ints(out));
  }

  @OnDevice("both")
  void threadsDropOut(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "barrier.cu", kernel = "dropping", options = NO_INIT_WARNING)
          Kernel kernel) {
    int[] expected = new int[64];
    Arrays.fill(expected, 64);
    DeviceBuffer out = arrays.allocate(64 * Integer.BYTES);
    stream.launch(
        kernel, LaunchShape.of(1, THREADS), KernelArguments.builder().pointer(out).build());
    assertArrayEquals(expected, arrays.ints(out));
  }

  private static EmulatorFault misuse(Stream stream, KernelModule module, int which) {
    return assertThrows(
        EmulatorFault.class,
        () ->
            stream.launch(
                module.kernel("misuse"),
                LaunchShape.of(1, 64),
                KernelArguments.builder().i32(which).build()));
  }

  @OnDevice
  void misuseIsNamed(
      Stream stream,
      @CudaSource(value = "barrier.cu", options = NO_INIT_WARNING) KernelModule module) {
    String[] expected = {
      "begins an mbarrier that is in use: a second init needs mbarrier.inval before",
      "no mbarrier is initialised at byte",
      "more threads arrive than the 64 it expects",
      "which belongs to an mbarrier",
      "a plain store has overwritten the mbarrier"
    };
    for (int which = 0; which < expected.length; which++) {
      EmulatorFault fault = misuse(stream, module, which);
      assertEquals(Kind.INVALID_BARRIER, fault.kind(), fault.getMessage());
      assertTrue(fault.hint().contains(expected[which]), fault.getMessage());
    }
  }

  @OnDevice
  void aThreadThatNeverArrivesIsADeadlock(
      Stream stream,
      @CudaSource(value = "barrier.cu", options = NO_INIT_WARNING) KernelModule module) {
    EmulatorFault fault = misuse(stream, module, 5);
    assertEquals(Kind.DEADLOCK, fault.kind(), fault.getMessage());
    EmulatorFault.Location at = fault.location();
    assertTrue(at != null && at.instruction().contains("mbarrier.test_wait"), fault.getMessage());
    assertTrue(fault.hint().contains("warp 1 of block (0,0,0) at PTX line"), fault.getMessage());
  }

  @OnDevice
  void anInitThatOthersMayNotSeeIsARace(
      Stream stream,
      @CudaSource(value = "barrier.cu", kernel = "unordered_init", options = NO_INIT_WARNING)
          Kernel kernel) {
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class,
            () -> stream.launch(kernel, LaunchShape.of(1, 64), KernelArguments.builder().build()));
    assertEquals(Kind.RACE, fault.kind(), fault.getMessage());
  }
}
