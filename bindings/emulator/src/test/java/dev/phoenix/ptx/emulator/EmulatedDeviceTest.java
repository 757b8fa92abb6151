package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Memory, streams, events, graphs, and refused launches. */
class EmulatedDeviceTest {
  private static final String INCREMENT =
      Snippet.kernel(
          ".param .u64 data, .param .u32 by",
          """
          ld.param.u64 %rd1, [data];
          ld.param.u32 %r1, [by];
          mov.u32 %r2, %tid.x;
          mul.wide.u32 %rd2, %r2, 4;
          add.s64 %rd1, %rd1, %rd2;
          ld.global.u32 %r3, [%rd1];
          add.s32 %r3, %r3, %r1;
          st.global.u32 [%rd1], %r3;
          """);

  @Test
  void isFoundByName() {
    try (Device device = Devices.open("emulated")) {
      assertEquals(1, Devices.provider("emulated").availability().devices());
      assertTrue(device.properties().computeCapability().atLeast(8, 0));
      assertEquals(0, device.liveBytes());
    }
    DeviceException e = assertThrows(DeviceException.class, () -> Devices.open("abacus"));
    assertTrue(e.hint().contains("emulated"), e.hint());
  }

  @Test
  void memoryIsAccountedFor() {
    try (Bench bench = new Bench()) {
      long free = bench.device.freeMemoryBytes();
      DeviceBuffer buffer = bench.empty(1000);
      assertEquals(1000, bench.device.liveBytes());
      assertEquals(free - 1000, bench.device.freeMemoryBytes());
      assertEquals(0, buffer.address() % 256);
      buffer.close();
      buffer.close();
      assertEquals(0, bench.device.liveBytes());
      assertThrows(IllegalStateException.class, buffer::address);
      DeviceException e =
          assertThrows(DeviceException.class, () -> bench.device.allocate(1L << 50));
      assertEquals("OUT_OF_MEMORY", e.error());
      assertThrows(IllegalArgumentException.class, () -> bench.device.allocate(0));
    }
  }

  @Test
  void mappedHostMemoryIsBothSidesAndLeaksLikeAny() {
    EmulatedDevice device = EmulatedDevice.create();
    long free = device.freeMemoryBytes();
    MappedBuffer mapped = device.allocateMapped(24);
    assertEquals(24, device.liveBytes());
    assertEquals(free, device.freeMemoryBytes());
    try (Stream stream = device.createStream();
        DeviceBuffer copy = device.allocate(24)) {
      mapped.segment().setAtIndex(ValueLayout.JAVA_INT, 5, 7);
      stream.copy(copy, mapped);
      stream.fill(mapped, (byte) 0);
      int[] got = new int[6];
      stream.copyToHost(MemorySegment.ofArray(got), copy);
      assertArrayEquals(new int[] {0, 0, 0, 0, 0, 7}, got);
      assertEquals(0, mapped.segment().getAtIndex(ValueLayout.JAVA_INT, 5));
    }
    EmulatorFault leak = assertThrows(EmulatorFault.class, device::close);
    String message = String.valueOf(leak.getMessage());
    assertTrue(message.contains("mapped buffer #1 (24 bytes)"), message);
    assertThrows(IllegalStateException.class, mapped::segment);
    assertThrows(IllegalStateException.class, mapped::address);
  }

  @Test
  void copiesMoveSlicesBothWays() {
    try (Bench bench = new Bench();
        HostBuffer host = bench.device.allocateHost(16)) {
      DeviceBuffer buffer = bench.of(1, 2, 3, 4);
      DeviceMemory middle = buffer.slice(4, 8);
      host.segment().setAtIndex(ValueLayout.JAVA_INT, 0, 7);
      host.segment().setAtIndex(ValueLayout.JAVA_INT, 1, 8);
      bench.stream.copyToDevice(middle, host.segment().asSlice(0, 8));
      assertArrayEquals(new int[] {1, 7, 8, 4}, bench.ints(buffer));
      bench.stream.copy(buffer.slice(0, 4), middle.slice(4, 4));
      bench.stream.copyToHost(host.segment(), buffer);
      assertEquals(8, host.segment().getAtIndex(ValueLayout.JAVA_INT, 0));
      assertThrows(
          IllegalArgumentException.class, () -> bench.stream.copyToHost(host.segment(), middle));
      assertThrows(IndexOutOfBoundsException.class, () -> middle.slice(4, 8));
    }
  }

  @Test
  void uninitialisedMemoryIsNotCopiedOut() {
    try (Bench bench = new Bench()) {
      DeviceBuffer buffer = bench.empty(8);
      bench.stream.fill(buffer.slice(0, 4), (byte) 1);
      EmulatorFault fault = assertThrows(EmulatorFault.class, () -> bench.ints(buffer));
      assertEquals(EmulatorFault.Kind.UNINITIALISED, fault.kind());
      assertTrue(fault.hint().contains("byte 4"), fault.hint());
    }
  }

  @Test
  void aGraphReplaysWhatWasCaptured() {
    try (Bench bench = new Bench()) {
      Kernel kernel = bench.load(INCREMENT);
      DeviceBuffer data = bench.zeros(128);
      bench.stream.beginCapture();
      assertThrows(IllegalStateException.class, bench.stream::beginCapture);
      assertThrows(IllegalStateException.class, bench.stream::synchronize);
      bench.stream.fill(data, (byte) 0);
      KernelArguments arguments = KernelArguments.builder().pointer(data).i32(5).build();
      bench.stream.launch(kernel, LaunchShape.of(1, 32), arguments);
      bench.stream.launch(kernel, LaunchShape.of(1, 16), arguments);
      Graph graph = bench.stream.endCapture();
      assertEquals(0, bench.ints(data)[0]);
      assertEquals(3, graph.operations());
      bench.stream.launch(graph);
      bench.stream.launch(graph);
      assertEquals(10, bench.ints(data)[0]);
      assertEquals(5, bench.ints(data)[31]);
      graph.close();
      assertThrows(IllegalStateException.class, () -> bench.stream.launch(graph));
      assertThrows(IllegalStateException.class, bench.stream::endCapture);
    }
  }

  @Test
  void eventsMeasure() {
    try (Bench bench = new Bench();
        Event start = bench.device.createEvent();
        Event end = bench.device.createEvent()) {
      assertThrows(DeviceException.class, () -> end.millisecondsSince(start));
      bench.stream.record(start);
      bench.stream.waitFor(start);
      bench.stream.record(end);
      assertTrue(end.isComplete());
      assertTrue(end.millisecondsSince(start) >= 0);
    }
  }

  @Test
  void launchesThatDoNotFitAreRefused() {
    try (Bench bench = new Bench()) {
      Kernel kernel = bench.load(INCREMENT);
      DeviceBuffer data = bench.zeros(128);
      LaunchShape shape = LaunchShape.of(1, 32);
      KernelArguments.Builder one = KernelArguments.builder().pointer(data);
      assertThrows(IllegalArgumentException.class, () -> bench.launch(kernel, shape, one));
      KernelArguments.Builder wide = KernelArguments.builder().pointer(data).i64(1);
      assertThrows(IllegalArgumentException.class, () -> bench.launch(kernel, shape, wide));
      KernelArguments.Builder right = KernelArguments.builder().pointer(data).i32(1);
      LaunchShape large = shape.withDynamicShared(60_000);
      assertThrows(DeviceException.class, () -> bench.launch(kernel, large, right));
      kernel.reserveDynamicShared(60_000);
      bench.launch(kernel, large, right);
      assertThrows(DeviceException.class, () -> kernel.reserveDynamicShared(1 << 20));
      assertThrows(IllegalArgumentException.class, () -> LaunchShape.of(1, 2000));
    }
  }

  @Test
  void closedThingsRefuseWork() {
    Device device = EmulatedDevice.create();
    Stream stream = device.createStream();
    DeviceBuffer buffer = device.allocate(4);
    stream.close();
    MemorySegment four = MemorySegment.ofArray(new int[1]);
    assertThrows(IllegalStateException.class, () -> stream.copyToDevice(buffer, four));
    buffer.close();
    device.close();
    device.close();
    assertThrows(IllegalStateException.class, () -> device.allocate(4));
    assertThrows(IllegalStateException.class, device::createStream);
  }

  @Test
  void oneWorkerGivesTheSameAsMany() {
    for (int workers : new int[] {1, 2, 3}) {
      try (Bench bench = new Bench(EmulatorOptions.strict().withWorkers(workers))) {
        Kernel kernel =
            bench.load(
                INCREMENT.replace(
                    "add.s64 %rd1, %rd1, %rd2;",
                    """
                    mov.u32 %r4, %ctaid.x;
                    mul.wide.u32 %rd3, %r4, 128;
                    add.s64 %rd1, %rd1, %rd2;
                    add.s64 %rd1, %rd1, %rd3;
                    """));
        DeviceBuffer data = bench.zeros(128 * 50);
        bench.launch(
            kernel, LaunchShape.of(50, 32), KernelArguments.builder().pointer(data).i32(3));
        for (int value : bench.ints(data)) {
          assertEquals(3, value);
        }
      }
    }
  }
}
