package dev.phoenix.kernels;

/** gelu in its tanh approximation, element by element. Source: docs/model.md#3-features. */
public final class GeluKernel extends FloatsKernel {
  /** The kernel on the library's device. */
  public GeluKernel(KernelLibrary library) {
    super(library, "gelu");
  }
}
