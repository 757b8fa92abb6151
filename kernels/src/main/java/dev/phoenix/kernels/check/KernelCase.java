package dev.phoenix.kernels.check;

import java.util.List;

/**
 * One kernel on one set of inputs.
 *
 * @param kernels the sources that it launches, e.g. {@code rms_norm}; its own first
 * @param name what is special about it, e.g. its shape; differs from that of every other case of
 *     the kernel
 * @param recipe draws the inputs and puts them on a device
 */
public record KernelCase(List<String> kernels, String name, Recipe recipe) {
  /** How a case is put on a device. */
  @FunctionalInterface
  public interface Recipe {
    /** Draws from {@code numbers} and puts the inputs, and room for the outputs, on the bench. */
    PreparedCase prepare(Workbench bench, Numbers numbers);
  }

  /** Keeps a list of its own. */
  public KernelCase {
    kernels = List.copyOf(kernels);
  }

  /** A case of one kernel. */
  public static KernelCase of(String kernel, String name, Recipe recipe) {
    return new KernelCase(List.of(kernel), name, recipe);
  }

  /** The kernel it belongs to. */
  public String kernel() {
    return kernels.getFirst();
  }

  /** Puts the inputs on a device. */
  public PreparedCase prepare(Workbench bench) {
    return recipe.prepare(bench, Numbers.of(bench.seed(), kernel() + " " + name));
  }

  @Override
  public String toString() {
    return kernel() + ": " + name;
  }
}
