package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory, streams and events. */
class CudaDeviceTest {
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
    // More than two pieces of staging memory, the last one partly filled.
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
  void mapsHostMemoryIntoTheDevice() {
    try (MappedBuffer mapped = device.allocateMapped(64);
        DeviceBuffer buffer = device.allocate(32)) {
      assertEquals(64 + 32, device.liveBytes());
      assertEquals(64, mapped.byteSize());
      mapped.segment().fill((byte) 3);
      stream.copy(buffer, mapped.slice(8, 32));
      stream.fill(mapped.slice(60, 4), (byte) 9);
      byte[] got = new byte[32];
      stream.copyToHost(MemorySegment.ofArray(got), buffer);
      stream.synchronize();
      for (byte value : got) {
        assertEquals(3, value);
      }
      assertEquals(3, mapped.segment().get(ValueLayout.JAVA_BYTE, 59));
      assertEquals(9, mapped.segment().get(ValueLayout.JAVA_BYTE, 60));
      var full = assertThrows(DeviceException.class, () -> device.allocateMapped(1L << 50));
      assertEquals("CUDA_ERROR_OUT_OF_MEMORY", full.error());
      assertTrue(full.hint().startsWith("The system cannot lock "), full.hint());
      assertThrows(IllegalArgumentException.class, () -> device.allocateMapped(0));
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
  void refusesUseAfterClose() {
    DeviceBuffer buffer = device.allocate(8);
    HostBuffer pinned = device.allocateHost(8);
    MappedBuffer mapped = device.allocateMapped(8);
    MemorySegment segment = pinned.segment();
    KernelModule module = device.loadModule("record_arguments.ptx", CudaBench.recordArguments());
    Kernel kernel = module.kernel("record_arguments");
    Event event = device.createEvent();
    for (AutoCloseable handle : new AutoCloseable[] {buffer, pinned, mapped, module, event}) {
      CudaBench.closeTwice(handle);
    }
    assertThrows(IllegalStateException.class, buffer::address);
    assertThrows(IllegalStateException.class, pinned::segment);
    assertThrows(IllegalStateException.class, mapped::segment);
    assertThrows(IllegalStateException.class, mapped::address);
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> module.kernel("record_arguments"));
    assertThrows(IllegalStateException.class, () -> kernel.maxActiveBlocks(32, 0));
    assertThrows(IllegalStateException.class, () -> stream.record(event));
    assertThrows(IllegalStateException.class, () -> stream.fill(buffer, (byte) 0));
  }

  @Test
  void refusesMemoryOfAnotherDevice() {
    try (Device other = Devices.open("cuda");
        DeviceBuffer foreign = other.allocate(4)) {
      assertThrows(IllegalArgumentException.class, () -> stream.fill(foreign, (byte) 0));
    }
  }
}
