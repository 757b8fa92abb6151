package dev.phoenix.kernels;

import dev.phoenix.device.Device;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import dev.phoenix.lifecycle.Closer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The compiled kernels of this jar on one device. Owns the modules. A module is loaded when its
 * first kernel is requested; kernels are valid until the library is closed.
 */
public final class KernelLibrary implements AutoCloseable {
  /** Compiled form of the kernels. */
  public enum Form {
    /** Portable PTX: every GPU from compute capability 8.0 on, and the emulated device. */
    PTX,
    /**
     * Machine code for this GPU if the jar has it, otherwise PTX: avoids compilation by the driver
     * at the first load. Not for the emulated device.
     */
    CUBIN
  }

  private static final String FOLDER = "ptx/";

  private final Class<?> neighbour;
  private final Device device;
  private final Form form;
  private final Map<String, KernelModule> modules = new HashMap<>();
  private boolean closed;

  private KernelLibrary(Class<?> neighbour, Device device, Form form) {
    this.neighbour = neighbour;
    this.device = device;
    this.form = form;
  }

  /** The PTX of this jar on a device. */
  public static KernelLibrary create(Device device) {
    return create(device, Form.PTX);
  }

  /** The kernels of this jar on a device, in a chosen form. */
  public static KernelLibrary create(Device device, Form form) {
    return new KernelLibrary(KernelLibrary.class, device, form);
  }

  /** Kernels of another jar, from the folder {@code ptx} in the package of {@code neighbour}. */
  public static KernelLibrary beside(Class<?> neighbour, Device device, Form form) {
    return new KernelLibrary(neighbour, device, form);
  }

  /** Whether this jar was built with the CUDA toolkit and has the PTX of {@code stem}. */
  public static boolean contains(String stem) {
    return KernelLibrary.class.getResource(FOLDER + stem + ".ptx") != null;
  }

  /** The device the kernels are loaded on. */
  public Device device() {
    return device;
  }

  /**
   * An entry of the kernel source {@code stem}.
   *
   * @param stem the source's name without suffix, e.g. {@code rms_norm}
   * @param entry the entry's name, e.g. {@code rms_norm_any}
   * @throws MissingKernelException when the jar has no such kernel
   * @throws dev.phoenix.device.DeviceException when the device refuses it
   */
  public synchronized Kernel kernel(String stem, String entry) {
    if (closed) {
      throw new IllegalStateException("the kernel library is closed");
    }
    return modules.computeIfAbsent(stem, this::load).kernel(entry);
  }

  private KernelModule load(String stem) {
    if (form == Form.CUBIN) {
      var capability = device.properties().computeCapability();
      String arch = "sm_" + capability.major() + capability.minor();
      for (String suffix : new String[] {"a", ""}) {
        String file = stem + "." + arch + suffix + ".cubin";
        byte[] image = read(file);
        if (image != null) {
          return device.loadModule(file, image);
        }
      }
    }
    String file = stem + ".ptx";
    byte[] image = read(file);
    if (image == null) {
      throw new MissingKernelException(stem);
    }
    return device.loadModule(file, image);
  }

  private byte @Nullable [] read(String file) {
    try (InputStream in = neighbour.getResourceAsStream(FOLDER + file)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + FOLDER + file, e);
    }
  }

  /** Unloads the modules. */
  @Override
  public synchronized void close() {
    closed = true;
    List<KernelModule> loaded = List.copyOf(modules.values());
    modules.clear();
    Closer.closeAll(loaded);
  }
}
