package dev.phoenix.device.junit.examples;

import static dev.phoenix.device.junit.UlpAssertions.assertWithinUlp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.InstructionReport;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.ptx.emulator.EmulatorFault;
import java.util.Arrays;

/**
 * Sums blocks of 256 values, once correctly and once with a data race that the emulator reports.
 */
class BlockSumTest {
  private static final int BLOCKS = 3;
  private static final int THREADS = 256;
  private static final int COUNT = 700;

  private static void sum(Stream stream, Kernel kernel, DeviceBuffer sums, DeviceBuffer values) {
    stream.launch(
        kernel,
        LaunchShape.of(BLOCKS, THREADS),
        KernelArguments.builder().pointer(sums).pointer(values).i32(COUNT).build());
  }

  @InstructionReport
  @OnDevice("both")
  void sumsEachBlock(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "block_sum.cu", kernel = "block_sum") Kernel kernel) {
    float[] values = new float[COUNT];
    float[] expected = new float[BLOCKS];
    for (int i = 0; i < COUNT; i++) {
      values[i] = i % 10; // whole numbers: their sum is exact in any order
      expected[i / THREADS] += values[i];
    }
    DeviceBuffer sums = arrays.allocate(BLOCKS * Float.BYTES);
    sum(stream, kernel, sums, arrays.of(values));
    assertWithinUlp(0, expected, arrays.floats(sums));
  }

  @OnDevice
  void theEmulatorNamesTheRace(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "block_sum.cu", kernel = "block_sum_with_race") Kernel kernel) {
    float[] values = new float[COUNT];
    Arrays.fill(values, 1);
    DeviceBuffer in = arrays.of(values);
    DeviceBuffer sums = arrays.allocate(BLOCKS * Float.BYTES);

    EmulatorFault fault = assertThrows(EmulatorFault.class, () -> sum(stream, kernel, sums, in));

    assertEquals(EmulatorFault.Kind.RACE, fault.kind());
    EmulatorFault.Location at = fault.location();
    assertNotNull(at);
    assertEquals("block_sum_with_race", at.kernel());
    assertTrue(at.instruction().contains(".shared."), at.instruction());
    // Both accesses are named: this thread's, and the one it is not ordered with.
    String message = String.valueOf(fault.getMessage());
    assertTrue(message.contains("at PTX line " + at.line()), message);
    assertTrue(message.contains("by thread " + at.thread() + " of block (0,0,0)"), message);
    assertTrue(
        message.matches("(?s).*no barrier since thread \\(\\d+,0,0\\) at PTX line.*"), message);
  }
}
