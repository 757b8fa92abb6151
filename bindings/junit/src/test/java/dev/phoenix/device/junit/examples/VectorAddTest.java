package dev.phoenix.device.junit.examples;

import static dev.phoenix.device.junit.UlpAssertions.assertWithinUlp;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.OnDevice;

/** Adds two vectors with {@code vector_add.cu}, on the emulated device and on a GPU if any. */
class VectorAddTest {
  @OnDevice("both")
  void addsEveryElement(
      DeviceArrays arrays, Stream stream, @CudaSource("vector_add.cu") Kernel vectorAdd) {
    int count = 1000; // not a multiple of the block's 256 threads
    float[] a = new float[count];
    float[] b = new float[count];
    float[] expected = new float[count];
    for (int i = 0; i < count; i++) {
      a[i] = i * 0.5f;
      b[i] = 1f / (i + 1);
      expected[i] = a[i] + b[i];
    }

    DeviceBuffer sum = arrays.allocate((long) count * Float.BYTES);
    stream.launch(
        vectorAdd,
        LaunchShape.covering(count, 256),
        KernelArguments.builder()
            .pointer(sum)
            .pointer(arrays.of(a))
            .pointer(arrays.of(b))
            .i32(count)
            .build());

    assertWithinUlp(0, expected, arrays.floats(sum));
  }
}
