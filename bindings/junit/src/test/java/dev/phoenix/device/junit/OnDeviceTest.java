package dev.phoenix.device.junit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.TestRuns.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs test classes with known faults and checks what JUnit reports of them. */
class OnDeviceTest {
  static class Passing {
    @BeforeEach
    void prepare(DeviceArrays arrays) {
      assertEquals(3, arrays.ints(arrays.of(1, 2, 3)).length);
    }

    @InstructionReport
    @OnDevice
    void scales(
        DeviceArrays arrays,
        Stream stream,
        LaunchCounts counts,
        @PtxSource("scale.ptx") Kernel scale) {
      DeviceBuffer values = arrays.of(1f, 2f, 3f);
      stream.launch(
          scale, LaunchShape.of(1, 3), KernelArguments.builder().pointer(values).f32(2).build());
      assertArrayEquals(new float[] {2, 4, 6}, arrays.floats(values));
      assertEquals(1, counts.all().size());
      assertEquals(12, counts.last().bytes().globalRead());
    }
  }

  @Test
  void aTestGetsWhatItAsksFor() {
    assertEquals(List.of("passed"), TestRuns.of(Passing.class).kinds());
  }

  @Test
  void theReportListsEveryLaunch() {
    String report = TestRuns.of(Passing.class).reportEntries().getFirst();
    assertTrue(report.contains("1 scale"), report);
    assertTrue(report.contains("global bytes written"), report);
  }

  static class Both {
    @OnDevice("both")
    void runs(Device device) {
      assertTrue(device.properties().multiprocessors() > 0);
    }
  }

  @Test
  void bothRunsOnEachAndSkipsWithTheReasonWithoutAGpu() {
    List<Outcome> outcomes = TestRuns.of(Both.class).outcomes();
    assertEquals(
        List.of("[emulated]", "[cuda]"), outcomes.stream().map(Outcome::displayName).toList());
    assertEquals("passed", outcomes.getFirst().kind());
    boolean gpu = Devices.provider("cuda").availability().devices() > 0;
    assertEquals(gpu ? "passed" : "skipped", outcomes.getLast().kind());
    if (!gpu) {
      String reason = Devices.provider("cuda").availability().reason();
      assertEquals("no 'cuda' device: " + reason, outcomes.getLast().message());
    }
  }

  static class UnknownDevice {
    @OnDevice("rocm")
    void runs(Device device) {
      assertTrue(device.liveBytes() >= 0);
    }
  }

  @Test
  void anUnknownDeviceIsAnError() {
    Outcome outcome = TestRuns.of(UnknownDevice.class).failed();
    assertEquals("@OnDevice(\"rocm\"): expected emulated, cuda or both", outcome.message());
  }

  static class Leaking {
    @OnDevice
    void leaks(Device device, @PtxSource("scale.ptx") KernelModule module) {
      device.allocate(64);
      device.allocateHost(32);
      device.allocateMapped(16);
      device.createEvent();
      Stream stream = device.createStream();
      stream.beginCapture();
      stream.endCapture();
      assertEquals("scale.ptx", module.name());
      device.loadModule(
          "empty.ptx", ".version 7.0\n.target sm_80\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void everyLeakIsNamedWithThePlaceThatOpenedIt() {
    String message = TestRuns.of(Leaking.class).failed().message();
    assertTrue(message.startsWith("the test left open:"), message);
    for (String what :
        List.of(
            "64 bytes of device memory",
            "32 bytes of pinned host memory",
            "16 bytes of mapped host memory",
            "an event",
            "a stream",
            "a graph",
            "module empty.ptx")) {
      assertTrue(message.contains(what + ", opened at "), message);
    }
    assertEquals(7, message.split("OnDeviceTest\\.java:", -1).length - 1, message);
  }

  static class FailingAllocation {
    @OnDevice
    @FailAllocation(2)
    void secondFails(Device device) {
      try (DeviceBuffer first = device.allocate(8)) {
        assertEquals(8, first.byteSize());
        DeviceException fault = assertThrows(DeviceException.class, () -> device.allocateMapped(8));
        assertEquals(FaultInjection.ERROR, fault.error());
      }
      try (DeviceBuffer third = device.allocate(8)) {
        assertEquals(8, third.byteSize());
      }
    }

    @OnDevice
    @FailAllocation(2)
    void neverHappens(Device device) {
      try (DeviceBuffer only = device.allocate(8)) {
        assertEquals(8, only.byteSize());
      }
    }
  }

  @Test
  void theChosenAllocationFailsAndOneThatNeverComesIsAnError() {
    TestRuns runs = TestRuns.of(FailingAllocation.class);
    assertEquals(1, runs.kinds().stream().filter("passed"::equals).count());
    assertEquals("@FailAllocation(2), but the test made 1 allocations", runs.failed().message());
  }

  @OnDevice
  void aSweepFailsEveryAcquisitionOnce(FaultInjection faults) {
    int failed =
        faults.sweep(
            device -> {
              try (DeviceBuffer buffer = device.allocate(4);
                  Stream stream = device.createStream()) {
                stream.fill(buffer, (byte) 1);
              }
            });
    assertEquals(2, failed);
    assertFalse(faults.fired());
  }

  @OnDevice
  void aSweepFindsWhatIsLeftOpenAfterAFault(FaultInjection faults) {
    List<DeviceBuffer> buffers = new ArrayList<>();
    AssertionError error =
        assertThrows(
            AssertionError.class,
            () ->
                faults.sweep(
                    device -> {
                      DeviceBuffer buffer = device.allocate(4);
                      buffers.add(buffer);
                      // No guard: the buffer stays open when the stream can't be created.
                      Stream stream = device.createStream();
                      stream.close();
                      buffer.close();
                    }));
    String message = String.valueOf(error.getMessage());
    assertTrue(message.contains("with a fault in acquisition 2, the code left open"), message);
    assertTrue(message.contains("4 bytes of device memory"), message);
    buffers.forEach(DeviceBuffer::close);
  }

  @OnDevice
  void aSweepFindsASwallowedFault(FaultInjection faults) {
    AssertionError error =
        assertThrows(
            AssertionError.class,
            () ->
                faults.sweep(
                    device -> {
                      try {
                        device.allocate(4).close();
                      } catch (DeviceException ignored) {
                        // Wrong on purpose.
                      }
                    }));
    assertEquals("the fault in acquisition 1 was swallowed", error.getMessage());
  }

  static class BadSources {
    @OnDevice
    void missing(@PtxSource("missing.ptx") Kernel kernel) {
      assertEquals("", kernel.name());
    }
  }

  @Test
  void aMissingResourceIsNamedWithThePlaceItIsExpectedIn() {
    String message = TestRuns.of(BadSources.class).failed().message();
    assertTrue(
        message.contains("src/test/resources/dev/phoenix/device/junit/missing.ptx"), message);
  }

  static class DoesNotCompile {
    @OnDevice
    void broken(@CudaSource("broken.cu") Kernel kernel) {
      assertEquals("broken", kernel.name());
    }
  }

  @Test
  void aSourceThatDoesNotCompileFailsWithTheCompilersWords() {
    assumeTrue(Nvcc.find() != null, Nvcc.MISSING);
    String message = TestRuns.of(DoesNotCompile.class).failed().message();
    assertTrue(message.contains("\"undeclared\" is undefined"), message);
  }

  static class TwoEntries {
    @OnDevice
    void unnamed(@CudaSource("examples/block_sum.cu") Kernel kernel) {
      assertEquals("block_sum", kernel.name());
    }
  }

  @Test
  void anEntryMustBeNamedWhereThereAreSeveral() {
    assumeTrue(Nvcc.find() != null, Nvcc.MISSING);
    String message = TestRuns.of(TwoEntries.class).failed().message();
    assertTrue(message.contains("block_sum_with_race"), message);
    assertTrue(message.contains("name one of them"), message);
  }
}
