package dev.phoenix.bench.gpu;

import dev.phoenix.bench.report.Ceilings;
import dev.phoenix.device.Devices;
import dev.phoenix.kernels.KernelLibrary;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The measured device and the state that all parts share. Owns the device. */
final class Session implements AutoCloseable {
  private final String provider;
  private final TracedDevice device;
  private final DeviceTimer timer;
  private final Scale scale;
  private final Path peerFolder;
  private @Nullable Ceilings ceilings;

  private Session(String provider, Scale scale, Path peerFolder) {
    this.provider = provider;
    this.scale = scale;
    this.peerFolder = peerFolder;
    this.device = TracedDevice.of(Devices.open(provider));
    this.timer = DeviceTimer.create(device.inner(), scale.plan());
  }

  /**
   * Opens a device.
   *
   * @param provider {@code cuda} or {@code emulated}
   * @param peerFolder the folder for the peers' cases
   */
  static Session open(String provider, Scale scale, Path peerFolder) {
    return new Session(provider, scale, peerFolder);
  }

  /** {@code cuda} or {@code emulated}. */
  String provider() {
    return provider;
  }

  TracedDevice device() {
    return device;
  }

  DeviceTimer timer() {
    return timer;
  }

  Scale scale() {
    return scale;
  }

  /** The folder for the peers' cases. */
  Path peerFolder() {
    return peerFolder;
  }

  /** The compiled form of kernels that this device loads. */
  KernelLibrary.Form form() {
    return provider.equals("emulated") ? KernelLibrary.Form.PTX : KernelLibrary.Form.CUBIN;
  }

  void setCeilings(Ceilings measured) {
    ceilings = measured;
  }

  /** The device's peak rates, which are measured first. */
  Ceilings ceilings() {
    Ceilings measured = ceilings;
    if (measured == null) {
      throw new IllegalStateException("the ceilings come first");
    }
    return measured;
  }

  @Override
  public void close() {
    timer.close();
    device.close();
  }
}
