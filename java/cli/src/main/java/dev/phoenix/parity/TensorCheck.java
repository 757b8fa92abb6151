package dev.phoenix.parity;

/**
 * The comparison of one tensor of a golden case with its bound.
 *
 * @param tensor the tensor's name in the golden file
 * @param measure the kind of error, such as {@code max abs}, {@code rel L2} or {@code differ}
 * @param error the error found
 * @param bound the largest error allowed
 */
public record TensorCheck(String tensor, String measure, double error, double bound) {
  /** Whether the error is within the bound; NaN never is. */
  public boolean passed() {
    return error <= bound;
  }
}
