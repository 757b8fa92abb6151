package dev.phoenix.kernels;

/** out += x, element by element, float32. */
public final class AddKernel extends FloatsKernel {
  /** The kernel on the library's device. */
  public AddKernel(KernelLibrary library) {
    super(library, "add");
  }
}
