package dev.phoenix.testing;

import dev.phoenix.device.DelegatingDevice;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An emulated device that can be opened repeatedly. Modules are parsed and assembled only once,
 * which is most of the cost of a short use.
 */
final class KeptModulesDevice implements AutoCloseable {
  private final EmulatedDevice device;
  private final Map<String, KernelModule> modules = new HashMap<>();

  KeptModulesDevice(EmulatedDevice device) {
    this.device = device;
  }

  /** Opens the device. */
  Opened open() {
    return new Opened(this);
  }

  @Override
  public void close() {
    modules.clear();
    device.close();
  }

  /** One opening. */
  static final class Opened extends DelegatingDevice {
    private final KeptModulesDevice kept;
    private final EmulatedDevice device;
    private final List<String> liveModules = new ArrayList<>();
    private boolean closed;

    private Opened(KeptModulesDevice kept) {
      super(kept.device);
      this.kept = kept;
      this.device = kept.device;
    }

    /** The resources that are not closed: bytes, handles, modules, and the device itself. */
    List<String> live() {
      List<String> live = new ArrayList<>(liveModules);
      for (String handle : device.liveHandles()) {
        if (!handle.startsWith("module ")) {
          live.add(handle);
        }
      }
      if (device.liveBytes() > 0) {
        live.add(device.liveBytes() + " bytes");
      }
      if (!closed) {
        live.add("the device");
      }
      return live;
    }

    @Override
    public KernelModule loadModule(String name, byte[] image) {
      KernelModule module = kept.modules.computeIfAbsent(name, _ -> device.loadModule(name, image));
      liveModules.add("module " + name);
      return new KernelModule() {
        private boolean open = true;

        @Override
        public String name() {
          return name;
        }

        @Override
        public Kernel kernel(String entry) {
          return module.kernel(entry);
        }

        @Override
        public void close() {
          if (open) {
            open = false;
            liveModules.remove("module " + name);
          }
        }
      };
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
