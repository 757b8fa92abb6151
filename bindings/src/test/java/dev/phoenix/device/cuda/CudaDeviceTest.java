package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CudaDeviceTest {
  private Device device;
  private Stream stream;

  @BeforeEach
  void open() {
    FakeDriver.load();
    device = Devices.open("cuda");
    stream = device.createStream();
  }

  @AfterEach
  void close() {
    if (device != null) {
      stream.close();
      assertEquals(0, device.liveBytes(), "bytes still live");
      if (!FakeDriver.isReplaced()) {
        assertEquals(1, FakeDriver.live(), "only the context lives in the driver");
      }
      device.close();
      device.close();
    }
  }

  static byte[] kernels() {
    try (InputStream in = CudaDeviceTest.class.getResourceAsStream("record_arguments.ptx")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void knowsItsDevice() {
    var properties = device.properties();
    assertFalse(properties.name().isBlank() || properties.name().contains("\0"));
    assertTrue(properties.computeCapability().atLeast(8, 0));
    assertTrue(properties.multiprocessors() > 0);
    assertEquals(1024, properties.limits().maxThreads());
    assertEquals(48 << 10, properties.limits().sharedBytes());
    assertTrue(properties.limits().sharedBytesOptIn() > 48 << 10);
    assertTrue(device.freeMemoryBytes() <= properties.totalMemoryBytes());
  }

  @Test
  void copiesArraysBothWaysInPieces() {
    // More than two pieces of staging memory, and not a whole number of them.
    int[] values = new Random(7).ints(5_000_001).toArray();
    long bytes = (long) values.length * Integer.BYTES;
    int[] back = new int[values.length];
    try (DeviceBuffer buffer = device.allocate(bytes)) {
      assertEquals(0, buffer.address() % 256);
      assertEquals(bytes, device.liveBytes());
      stream.copyToDevice(buffer, MemorySegment.ofArray(values));
      stream.copyToHost(MemorySegment.ofArray(back), buffer);
      stream.synchronize();
    }
    assertArrayEquals(values, back);
  }

  @Test
  void copiesNativeMemoryAndSlices() {
    try (Arena arena = Arena.ofConfined();
        HostBuffer pinned = device.allocateHost(64);
        DeviceBuffer first = device.allocate(64);
        DeviceBuffer second = device.allocate(64)) {
      MemorySegment pageable = arena.allocate(32, 8);
      pageable.fill((byte) 3);
      pinned.segment().fill((byte) 9);
      stream.copyToDevice(first, pinned.segment());
      stream.copyToDevice(first.slice(16, 32), pageable);
      stream.copy(second, first);
      stream.fill(second.slice(60, 4), (byte) 0xff);
      stream.copyToHost(pinned.segment(), second);
      stream.synchronize();
      byte[] got = pinned.segment().toArray(ValueLayout.JAVA_BYTE);
      for (int i = 0; i < 64; i++) {
        assertEquals(i >= 60 ? -1 : i >= 16 && i < 48 ? 3 : 9, got[i], "byte " + i);
      }
      assertEquals(64 * 3, device.liveBytes());
    }
  }

  @Test
  void refusesCopiesThatDoNotFit() {
    try (DeviceBuffer buffer = device.allocate(8)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> stream.copyToDevice(buffer, MemorySegment.ofArray(new int[3])));
      MemorySegment fixed = MemorySegment.ofArray(new int[2]).asReadOnly();
      assertThrows(IllegalArgumentException.class, () -> stream.copyToHost(fixed, buffer));
      MemorySegment gone;
      try (Arena arena = Arena.ofConfined()) {
        gone = arena.allocate(8);
      }
      assertThrows(IllegalStateException.class, () -> stream.copyToDevice(buffer, gone));
    }
  }

  @Test
  void handsArgumentsToTheKernelAsTheyAre() {
    try (KernelModule module = device.loadModule("record_arguments.ptx", kernels());
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
    try (KernelModule module = device.loadModule("record_arguments.ptx", kernels());
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
    try (KernelModule module = device.loadModule("record_arguments.ptx", kernels());
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
    try (KernelModule module = device.loadModule("record_arguments.ptx", kernels());
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
      closeTwice(graph);
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
  void timesAndOrdersStreamsByEvents() {
    try (Event start = device.createEvent();
        Event end = device.createEvent();
        Stream other = device.createStream();
        DeviceBuffer buffer = device.allocate(1 << 20)) {
      assertTrue(start.isComplete(), "never recorded");
      assertThrows(DeviceException.class, () -> end.millisecondsSince(start));
      stream.record(start);
      stream.fill(buffer, (byte) 1);
      stream.record(end);
      other.waitFor(end);
      other.synchronize();
      end.synchronize();
      device.synchronize();
      assertTrue(end.isComplete());
      assertTrue(end.millisecondsSince(start) >= 0);
    }
  }

  @Test
  void worksFromAnyThread() throws InterruptedException {
    try (DeviceBuffer buffer = device.allocate(4)) {
      int[] got = new int[1];
      for (Thread.Builder builder :
          new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
        Thread thread =
            builder.start(
                () -> {
                  stream.fill(buffer, (byte) 5);
                  stream.copyToHost(MemorySegment.ofArray(got), buffer);
                });
        thread.join();
        assertEquals(0x05050505, got[0]);
        got[0] = 0;
      }
    }
  }

  @Test
  void saysWhatIsMissingWhenMemoryIs() {
    long needed = 1L << 50;
    var full = assertThrows(DeviceException.class, () -> device.allocate(needed));
    assertEquals("CUDA_ERROR_OUT_OF_MEMORY", full.error());
    assertTrue(full.hint().startsWith("Needs " + needed + " bytes, but "), full.hint());
    assertThrows(IllegalArgumentException.class, () -> device.allocate(0));
    assertThrows(IllegalArgumentException.class, () -> device.allocateHost(1L << 31));
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
    try (KernelModule module = device.loadModule("record_arguments.ptx", kernels())) {
      var missing = assertThrows(DeviceException.class, () -> module.kernel("nothing"));
      assertEquals("CUDA_ERROR_NOT_FOUND", missing.error());
    }
  }

  @Test
  void refusesUseAfterClose() {
    DeviceBuffer buffer = device.allocate(8);
    HostBuffer pinned = device.allocateHost(8);
    MemorySegment segment = pinned.segment();
    KernelModule module = device.loadModule("record_arguments.ptx", kernels());
    Kernel kernel = module.kernel("record_arguments");
    Event event = device.createEvent();
    for (AutoCloseable handle : new AutoCloseable[] {buffer, pinned, module, event}) {
      closeTwice(handle);
    }
    assertThrows(IllegalStateException.class, buffer::address);
    assertThrows(IllegalStateException.class, pinned::segment);
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> module.kernel("record_arguments"));
    assertThrows(IllegalStateException.class, () -> kernel.maxActiveBlocks(32, 0));
    assertThrows(IllegalStateException.class, () -> stream.record(event));
    assertThrows(IllegalStateException.class, () -> stream.fill(buffer, (byte) 0));
  }

  private static void closeTwice(AutoCloseable handle) {
    try {
      handle.close();
      handle.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesMemoryOfAnotherDevice() {
    try (Device other = Devices.open("cuda");
        DeviceBuffer foreign = other.allocate(4)) {
      assertThrows(IllegalArgumentException.class, () -> stream.fill(foreign, (byte) 0));
    }
  }
}
