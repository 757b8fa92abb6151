package dev.phoenix.kernels.check;

import java.util.List;

/**
 * One kernel on one set of inputs.
 *
 * @param kernels the kernel sources that it launches, e.g. {@code rms_norm}; the tested one first
 * @param name its description, e.g. its shape; unique among the cases of the kernel
 * @param preparer draws the inputs and puts them on a device
 */
public record KernelCase(List<String> kernels, String name, Preparer preparer) {
  /** Prepares a case on a device. */
  @FunctionalInterface
  public interface Preparer {
    /** Draws inputs from {@code numbers}, copies them to the bench, and allocates the outputs. */
    PreparedCase prepare(Workbench bench, Numbers numbers);
  }

  /** Copies the list. */
  public KernelCase {
    kernels = List.copyOf(kernels);
  }

  /** A case of one kernel. */
  public static KernelCase of(String kernel, String name, Preparer preparer) {
    return new KernelCase(List.of(kernel), name, preparer);
  }

  /** The tested kernel. */
  public String kernel() {
    return kernels.getFirst();
  }

  /** Draws the inputs and copies them to a device. */
  public PreparedCase prepare(Workbench bench) {
    return preparer.prepare(bench, Numbers.of(bench.seed(), kernel() + " " + name));
  }

  @Override
  public String toString() {
    return kernel() + ": " + name;
  }
}
