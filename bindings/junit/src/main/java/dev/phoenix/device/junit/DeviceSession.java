package dev.phoenix.device.junit;

import dev.phoenix.device.Device;
import dev.phoenix.device.Devices;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.Stream;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.InstructionCounts;
import dev.phoenix.ptx.emulator.InstructionTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The device of one test and the objects that the extension opened on it. Closes both. */
final class DeviceSession implements AutoCloseable {
  private final Device actual;
  private final TrackedDevice device;
  private final LaunchCounts counts = new LaunchCounts();
  private final PrintedOutput printed = new PrintedOutput();
  private final Map<String, KernelModule> modules = new HashMap<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private @Nullable DeviceArrays arrays;
  private @Nullable Stream stream;

  private DeviceSession(Device actual) {
    this.actual = actual;
    this.device = new TrackedDevice(actual);
  }

  static DeviceSession open(String name) {
    DeviceSession session = new DeviceSession(Devices.open(name));
    if (session.actual instanceof EmulatedDevice emulated) {
      emulated.onLaunch(session.counts::add);
      emulated.onPrint(
          text -> {
            session.printed.add(text);
            System.out.print(text);
          });
    }
    return session;
  }

  TrackedDevice device() {
    return device;
  }

  LaunchCounts counts() {
    return counts;
  }

  PrintedOutput printed() {
    return printed;
  }

  DeviceArrays arrays() {
    DeviceArrays existing = arrays;
    if (existing == null) {
      existing = new DeviceArrays(actual);
      owned.add(existing::close);
      arrays = existing;
    }
    return existing;
  }

  /** Opens a stream, owned by this session. */
  Stream stream() {
    Stream existing = stream;
    if (existing == null) {
      Stream created = actual.createStream();
      owned.add(created);
      existing = new TrackedStream(device, created);
      stream = existing;
    }
    return existing;
  }

  /** Loads a module, owned by this session; returns the same module for the same source. */
  KernelModule load(ModuleSource source) {
    return modules.computeIfAbsent(
        source.key(),
        key -> {
          KernelModule module = actual.loadModule(source.name(), source.image());
          owned.add(module);
          return module;
        });
  }

  /** A table of the instruction counts of every launch. */
  String report() {
    Map<String, InstructionCounts> columns = new java.util.LinkedHashMap<>();
    for (InstructionCounts launch : counts.all()) {
      columns.put((columns.size() + 1) + " " + launch.kernel(), launch);
    }
    return InstructionTable.of(columns).toString();
  }

  /**
   * Checks that the test has closed everything it opened.
   *
   * @throws AssertionError naming everything that is still open
   */
  void checkLeaks() {
    device.leaks().check("the test");
  }

  @Override
  public void close() {
    // Close in reverse order, the device last; keep the first failure.
    RuntimeException failure = null;
    List<AutoCloseable> all = new ArrayList<>(owned.reversed());
    if (device.leaks().open().isEmpty()) {
      all.add(actual);
    } else {
      all.add(this::closeLeaking);
    }
    for (AutoCloseable part : all) {
      try {
        part.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("closing the device of a test failed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes the device and ignores its leak error: the leak is already reported. */
  private void closeLeaking() {
    try {
      actual.close();
    } catch (dev.phoenix.device.DeviceException e) {
      if (!e.error().equals("LEAK")) {
        throw e;
      }
    }
  }
}
