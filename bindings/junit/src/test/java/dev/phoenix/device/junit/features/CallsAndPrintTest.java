package dev.phoenix.device.junit.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.device.junit.PrintedOutput;
import dev.phoenix.ptx.emulator.EmulatorFault;
import java.util.Random;

/** Virtual functions, function tables and printf. */
class CallsAndPrintTest {
  @OnDevice("both")
  void virtualFunctions(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "calls.cu", kernel = "areas") Kernel areas) {
    int count = 50;
    DeviceBuffer out = arrays.allocate((long) count * Float.BYTES);
    KernelArguments arguments = KernelArguments.builder().pointer(out).i32(count).build();
    stream.launch(areas, LaunchShape.of(2, 32), arguments);
    float[] expected = new float[count];
    for (int i = 0; i < count; i++) {
      boolean circle = ((i * 7 % 3) & 1) == 1;
      expected[i] = circle ? 3 * (1f + i) * (1f + i) : (2f + i) * (2f + i);
    }
    assertArrayEquals(expected, arrays.floats(out));
  }

  private static DeviceBuffer apply(
      DeviceArrays arrays, Stream stream, Kernel kernel, Calls calls) {
    DeviceBuffer out = arrays.allocate(32 * Integer.BYTES);
    stream.launch(
        kernel,
        LaunchShape.of(1, 32),
        KernelArguments.builder()
            .pointer(out)
            .pointer(arrays.of(calls.a()))
            .pointer(arrays.of(calls.b()))
            .pointer(arrays.of(calls.which()))
            .build());
    return out;
  }

  private record Calls(int[] a, int[] b, int[] which) {
    static Calls draw() {
      Random random = new Random(1);
      return new Calls(
          random.ints(32, -9, 10).toArray(),
          random.ints(32, -9, 10).toArray(),
          random.ints(32, 0, 3).toArray());
    }
  }

  private static int power(int a, int b) {
    int result = 1;
    for (int i = 0; i < (b & 7); i++) {
      result *= a;
    }
    return result;
  }

  @OnDevice("both")
  void aTableOfFunctions(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "calls.cu", kernel = "apply") Kernel kernel) {
    Calls calls = Calls.draw();
    int[] expected = new int[32];
    for (int i = 0; i < 32; i++) {
      int a = calls.a()[i];
      int b = calls.b()[i];
      expected[i] =
          switch (calls.which()[i]) {
            case 0 -> a + b;
            case 1 -> a - b;
            default -> power(a, b);
          };
    }
    assertArrayEquals(expected, arrays.ints(apply(arrays, stream, kernel, calls)));
  }

  @OnDevice
  void aFunctionOfAnotherPrototypeIsNamed(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "calls.cu", kernel = "apply") Kernel kernel) {
    Calls calls = Calls.draw();
    calls.which()[17] = 3;
    EmulatorFault fault =
        assertThrows(EmulatorFault.class, () -> apply(arrays, stream, kernel, calls));
    assertEquals(EmulatorFault.Kind.INVALID_CALL, fault.kind(), fault.getMessage());
    String message = String.valueOf(fault.getMessage());
    assertTrue(message.contains("calls _Z4widex, which has other parameters"), message);
    assertTrue(message.contains("by thread (17,0,0)"), message);
  }

  @OnDevice
  void aNullPointerIsNamed(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "calls.cu", kernel = "apply") Kernel kernel) {
    Calls calls = Calls.draw();
    calls.which()[5] = 4;
    EmulatorFault fault =
        assertThrows(EmulatorFault.class, () -> apply(arrays, stream, kernel, calls));
    assertEquals(EmulatorFault.Kind.INVALID_CALL, fault.kind(), fault.getMessage());
    assertTrue(fault.hint().contains("calls 0x0, where no function is"), fault.hint());
  }

  @OnDevice
  void printsInTheOrderOfBlocksAndThreads(
      DeviceArrays arrays,
      Stream stream,
      PrintedOutput printed,
      @CudaSource(value = "print.cu", kernel = "report") Kernel report) {
    KernelArguments arguments =
        KernelArguments.builder().pointer(arrays.of(1f, 0, 12.345f, 0, -0.5f, 0)).build();
    stream.launch(report, LaunchShape.of(2, 3), arguments);
    assertEquals(
        """
        0 of values:   1.00|7    |+1099511627776|x|1.0e+03|0.25|0xff|%
        2 of values:  12.35|7    |+1099511627776|x|1.2e+04|3.08625|0xff|%
        4 of values:  -0.50|7    |+1099511627776|x|-5.0e+02|-0.125|0xff|%
        """,
        printed.text());
  }

  @OnDevice
  void aConversionThatDoesNotExistIsNamed(
      Stream stream, @CudaSource(value = "print.cu", kernel = "wrong") Kernel wrong) {
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class,
            () -> stream.launch(wrong, LaunchShape.of(1, 1), KernelArguments.builder().build()));
    assertEquals(EmulatorFault.Kind.INVALID_OPERAND, fault.kind(), fault.getMessage());
    assertTrue(fault.hint().contains("no conversion '%k'"), fault.hint());
  }
}
