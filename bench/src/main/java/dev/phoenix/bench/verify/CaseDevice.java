package dev.phoenix.bench.verify;

import dev.phoenix.device.Device;
import dev.phoenix.device.Devices;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.check.CaseResult;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.Numbers;
import dev.phoenix.kernels.check.Workbench;
import org.jspecify.annotations.Nullable;

/**
 * A device that runs cases one after the other. It is opened once, because opening a GPU is slow,
 * and reopened after a fault, which makes a CUDA context unusable.
 */
final class CaseDevice implements AutoCloseable {
  private final String provider;
  private @Nullable Device device;
  private @Nullable Workbench bench;

  /**
   * Creates a device that opens on first use.
   *
   * @param provider {@code cuda} or {@code emulated}
   */
  CaseDevice(String provider) {
    this.provider = provider;
  }

  /** Runs a case. */
  CaseResult run(KernelCase kernelCase) {
    CaseResult result = CaseResult.of(opened(), kernelCase);
    if (result.fault() != null) {
      abandon();
    }
    return result;
  }

  private Workbench opened() {
    Workbench present = bench;
    if (present == null) {
      KernelLibrary.Form form =
          provider.equals("emulated") ? KernelLibrary.Form.PTX : KernelLibrary.Form.CUBIN;
      Device opened = Devices.open(provider);
      device = opened;
      present = Workbench.on(opened, form, Numbers.seed());
      bench = present;
    }
    return present;
  }

  /** Closes the device after a fault; an error of closing is printed, not thrown. */
  private void abandon() {
    try {
      close();
    } catch (RuntimeException e) {
      System.out.println("closing the device after a fault: " + e.getMessage());
      bench = null;
      device = null;
    }
  }

  @Override
  public void close() {
    Workbench open = bench;
    bench = null;
    if (open != null) {
      open.close();
    }
    Device held = device;
    device = null;
    if (held != null) {
      held.close();
    }
  }
}
