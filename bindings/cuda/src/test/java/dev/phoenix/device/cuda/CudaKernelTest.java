package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Graph;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules, kernels, launches and graphs. */
class CudaKernelTest {
  private @Nullable CudaBench bench;
  private Device device;
  private Stream stream;

  @BeforeEach
  void open() {
    FakeDriver.load();
    bench = CudaBench.open();
    device = bench.device();
    stream = bench.stream();
  }

  @AfterEach
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  void handsArgumentsToTheKernelAsTheyAre() {
    try (KernelModule module =
            device.loadModule("record_arguments.ptx", CudaBench.recordArguments());
        DeviceBuffer out = device.allocate(48)) {
      Kernel kernel = module.kernel("record_arguments");
      assertSame(kernel, module.kernel("record_arguments"));
      stream.fill(out, (byte) 0);
      stream.launch(kernel, LaunchShape.of(5, 33), arguments(out));
      assertRecorded(5 * 33, out);
    }
  }

  private static KernelArguments arguments(DeviceBuffer out) {
    return KernelArguments.builder()
        .pointer(out)
        .i32(-2)
        .i64(Long.MIN_VALUE + 1)
        .f32(1.5f)
        .f64(-Math.PI)
        .nullPointer()
        .build();
  }

  private void assertRecorded(long threads, DeviceBuffer out) {
    long[] got = new long[6];
    stream.copyToHost(MemorySegment.ofArray(got), out);
    stream.synchronize();
    assertEquals(threads, got[0]);
    assertEquals(-2, (int) got[1]);
    assertEquals(Long.MIN_VALUE + 1, got[2]);
    assertEquals(1.5f, Float.intBitsToFloat((int) got[3]));
    assertEquals(-Math.PI, Double.longBitsToDouble(got[4]));
    assertEquals(0, got[5]);
  }

  @Test
  void refusesArgumentsThatDoNotFitTheKernel() {
    try (KernelModule module =
            device.loadModule("record_arguments.ptx", CudaBench.recordArguments());
        DeviceBuffer out = device.allocate(48)) {
      Kernel kernel = module.kernel("record_arguments");
      LaunchShape shape = LaunchShape.of(1, 1);
      var few = KernelArguments.builder().pointer(out).build();
      var wide = KernelArguments.builder().pointer(out).i64(1).i64(1).f32(1).f64(1).i64(1).build();
      var found =
          assertThrows(IllegalArgumentException.class, () -> stream.launch(kernel, shape, few));
      assertEquals("record_arguments takes 6 arguments, not 1", found.getMessage());
      assertThrows(IllegalArgumentException.class, () -> stream.launch(kernel, shape, wide));
    }
  }

  @Test
  void tellsAndSetsWhatAKernelMayUse() {
    try (KernelModule module =
            device.loadModule("record_arguments.ptx", CudaBench.recordArguments());
        DeviceBuffer out = device.allocate(48)) {
      Kernel kernel = module.kernel("record_arguments");
      assertTrue(kernel.attributes().registers() > 0);
      assertEquals(1024, kernel.attributes().maxThreads());
      assertTrue(kernel.maxActiveBlocks(128, 0) >= 1);
      LaunchShape large = LaunchShape.of(1, 1).withDynamicShared(100 << 10);
      var refused =
          assertThrows(DeviceException.class, () -> stream.launch(kernel, large, arguments(out)));
      assertEquals("CUDA_ERROR_INVALID_VALUE", refused.error());
      assertTrue(refused.call().contains("record_arguments"), refused.call());
      kernel.reserveDynamicShared(100 << 10);
      stream.fill(out, (byte) 0);
      stream.launch(kernel, large, arguments(out));
      assertRecorded(1, out);
      var most = assertThrows(DeviceException.class, () -> kernel.reserveDynamicShared(1 << 20));
      assertTrue(most.hint().startsWith("A block has at most "), most.hint());
    }
  }

  @Test
  void replaysACapturedGraph() {
    try (KernelModule module =
            device.loadModule("record_arguments.ptx", CudaBench.recordArguments());
        DeviceBuffer out = device.allocate(48);
        HostBuffer pinned = device.allocateHost(48)) {
      Kernel kernel = module.kernel("record_arguments");
      stream.beginCapture();
      assertThrows(IllegalStateException.class, stream::beginCapture);
      stream.fill(out, (byte) 0);
      stream.launch(kernel, LaunchShape.of(2, 32), arguments(out));
      stream.copyToHost(pinned.segment(), out);
      assertThrows(
          IllegalArgumentException.class,
          () -> stream.copyToHost(MemorySegment.ofArray(new long[6]), out));
      assertThrows(IllegalStateException.class, stream::synchronize);
      Graph graph = stream.endCapture();
      assertEquals(3, graph.operations());
      pinned.segment().fill((byte) 0);
      stream.synchronize();
      assertEquals(0, pinned.segment().get(ValueLayout.JAVA_LONG, 0), "nothing has run yet");
      for (int i = 0; i < 2; i++) {
        stream.launch(graph);
        stream.synchronize();
        assertEquals(64, pinned.segment().get(ValueLayout.JAVA_LONG, 0));
      }
      CudaBench.closeTwice(graph);
      assertThrows(IllegalStateException.class, () -> stream.launch(graph));
      assertThrows(IllegalStateException.class, stream::endCapture);
    }
  }

  @Test
  void closesAStreamInTheMiddleOfACapture() {
    try (DeviceBuffer buffer = device.allocate(16);
        Stream other = device.createStream()) {
      other.beginCapture();
      other.fill(buffer, (byte) 1);
    }
  }

  @Test
  void showsTheCompilersLog() {
    byte[] wrong =
        ".version 7.8\n.target sm_80\n.address_size 64\n.entry wrong() { mistake; }\n"
            .getBytes(StandardCharsets.US_ASCII);
    var refused = assertThrows(DeviceException.class, () -> device.loadModule("wrong.ptx", wrong));
    assertEquals("CUDA_ERROR_INVALID_PTX", refused.error());
    assertEquals("loadModule(wrong.ptx)", refused.call());
    assertTrue(refused.hint().contains("mistake"), refused.hint());
  }

  @Test
  void namesTheEntryThatIsMissing() {
    try (KernelModule module =
        device.loadModule("record_arguments.ptx", CudaBench.recordArguments())) {
      var missing = assertThrows(DeviceException.class, () -> module.kernel("nothing"));
      assertEquals("CUDA_ERROR_NOT_FOUND", missing.error());
    }
  }
}
