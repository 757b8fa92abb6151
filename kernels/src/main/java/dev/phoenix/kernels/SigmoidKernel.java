package dev.phoenix.kernels;

/**
 * 1 / (1 + e^-x), element by element: probabilities of logits. Source:
 * docs/model.md#5-ranker-outputs.
 */
public final class SigmoidKernel extends FloatsKernel {
  /** The kernel on the library's device. */
  public SigmoidKernel(KernelLibrary library) {
    super(library, "sigmoid");
  }
}
