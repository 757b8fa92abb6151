package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.Device;
import dev.phoenix.device.Devices;
import dev.phoenix.device.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A device under test with a stream. Closing it asserts that nothing stays alive. */
final class CudaBench implements AutoCloseable {
  private final Device device;
  private final Stream stream;

  private CudaBench(Device device, Stream stream) {
    this.device = device;
    this.stream = stream;
  }

  static CudaBench open() {
    Device device = Devices.open("cuda");
    return new CudaBench(device, device.createStream());
  }

  Device device() {
    return device;
  }

  Stream stream() {
    return stream;
  }

  /** A module with one kernel, {@code record_arguments}. */
  static byte[] recordArguments() {
    try (InputStream in = CudaBench.class.getResourceAsStream("record_arguments.ptx")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void closeTwice(AutoCloseable handle) {
    try {
      handle.close();
      handle.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    stream.close();
    assertEquals(0, device.liveBytes(), "bytes still live");
    if (!FakeDriver.isReplaced()) {
      assertEquals(1, FakeDriver.live(), "only the context lives in the driver");
    }
    closeTwice(device);
  }
}
