package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Stream;
import dev.phoenix.device.cuda.FakeDriver.Setting;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Driver failures and the messages they must give. */
class CudaDeviceProviderTest {
  @BeforeEach
  void load() {
    FakeDriver.loadFake();
  }

  @AfterEach
  void reset() {
    if (!FakeDriver.isReplaced()) {
      FakeDriver.set(Setting.DEVICES, 1);
      FakeDriver.set(Setting.MAJOR, 9);
      FakeDriver.set(Setting.PENDING_ERROR, 0);
    }
  }

  private static String reason() {
    var availability = Devices.provider("cuda").availability();
    assertEquals(0, availability.devices());
    assertEquals(1, availability.reason().lines().count(), availability.reason());
    return availability.reason();
  }

  @Test
  void saysThatThereIsNoDevice() {
    FakeDriver.set(Setting.DEVICES, 0);
    assertTrue(reason().contains("CUDA_ERROR_NO_DEVICE. The driver sees no GPU"), reason());
  }

  @Test
  void saysThatTheDeviceIsTooOld() {
    FakeDriver.set(Setting.MAJOR, 7);
    assertTrue(reason().contains("Its compute capability is 7.0"), reason());
    var refused = assertThrows(DeviceException.class, () -> Devices.open("cuda"));
    assertEquals("UNSUPPORTED_ARCHITECTURE", refused.error());
  }

  @Test
  void saysThatThereIsNoSuchDevice() {
    var refused = assertThrows(DeviceException.class, () -> Devices.provider("cuda").open(3));
    assertEquals("cuDeviceGet(3)", refused.call());
    assertEquals("CUDA_ERROR_INVALID_DEVICE", refused.error());
  }

  @Test
  void saysThatTheDriverIsTooOld() {
    var refused = assertThrows(DeviceException.class, () -> CudaDriver.checkVersion(12020));
    assertEquals("DRIVER_TOO_OLD", refused.error());
    assertTrue(refused.hint().startsWith("The driver serves CUDA 12.2, but 12.4"), refused.hint());
    CudaDriver.checkVersion(12040);
  }

  @Test
  void reportsAnEarlierErrorWhereTheStreamIsAwaited() {
    try (Device device = Devices.open("cuda");
        Stream stream = device.createStream();
        DeviceBuffer buffer = device.allocate(4)) {
      stream.fill(buffer, (byte) 0);
      FakeDriver.set(Setting.PENDING_ERROR, 700);
      var failed = assertThrows(DeviceException.class, stream::synchronize);
      assertEquals("cuStreamSynchronize", failed.call());
      assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", failed.error());
      assertTrue(failed.hint().contains("emulated device"), failed.hint());
    }
  }

  @Test
  void toleratesWhatOutlivesItsDevice() {
    Device device = Devices.open("cuda");
    DeviceBuffer buffer = device.allocate(4);
    HostBuffer pinned = device.allocateHost(4);
    Stream stream = device.createStream();
    Event event = device.createEvent();
    device.close();
    assertThrows(IllegalStateException.class, () -> device.allocate(4));
    assertThrows(IllegalStateException.class, () -> stream.fill(buffer, (byte) 0));
    event.close();
    stream.close();
    pinned.close();
    buffer.close();
    assertEquals(0, device.liveBytes());
    assertEquals(0, FakeDriver.live(), "destroying the primary context freed everything");
  }

  @Test
  void saysThatTheDriverIsOlderThanThePtx() {
    byte[] image = ".version 99.0\n.target sm_80\n".getBytes(StandardCharsets.US_ASCII);
    try (Device device = Devices.open("cuda")) {
      var refused = assertThrows(DeviceException.class, () -> device.loadModule("new.ptx", image));
      assertEquals("CUDA_ERROR_UNSUPPORTED_PTX_VERSION", refused.error());
      assertTrue(
          refused.hint().startsWith("This is PTX 99.0 and the driver serves CUDA 13.0"),
          refused.hint());
    }
  }
}
