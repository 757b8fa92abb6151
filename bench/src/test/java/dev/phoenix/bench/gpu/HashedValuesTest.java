package dev.phoenix.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.KernelLibrary;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Host, device and peers compute the same values. */
class HashedValuesTest {
  private static final int COUNT = 1000;

  @Test
  void theKernelMakesTheSameNumbers() {
    assumeTrue(KernelLibrary.contains("rms_norm"), "no PTX in this build: made without nvcc");
    HashedValues values = HashedValues.of(77, 0.5);
    try (Device device = Devices.open("emulated");
        Stream stream = device.createStream();
        BenchKernels kernels = BenchKernels.load(device, KernelLibrary.Form.PTX);
        DeviceBuffer out = device.allocate(COUNT * (long) Short.BYTES)) {
      kernels.fill(stream, out, values);
      short[] bits = new short[COUNT];
      stream.copyToHost(MemorySegment.ofArray(bits), out);
      stream.synchronize();
      for (int i = 0; i < COUNT; i++) {
        assertEquals(values.at(i), Float.intBitsToFloat(bits[i] << 16), "element " + i);
      }
    }
  }

  /** Three fixed values, which the peers' scripts also compute. */
  @Test
  void valuesStayWhatTheyAre() {
    HashedValues values = new HashedValues(1000, 1);
    assertEquals(-89, values.at(0));
    assertEquals(-145, values.at(1));
    assertEquals(-33, values.at((1L << 33) + 5));
    assertEquals(values.at(1), values.array(1, 1)[0]);
  }

  @Test
  void theyHaveTheDeviationAskedFor() {
    float[] values = HashedValues.of(3, 0.02).array(0, 1 << 16);
    double square = 0;
    for (float value : values) {
      square += (double) value * value;
    }
    double deviation = Math.sqrt(square / values.length);
    // The unit is a power of two.
    assertTrue(deviation > 0.02 / 1.5 && deviation < 0.02 * 1.5, "" + deviation);
  }
}
