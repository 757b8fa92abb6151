package dev.phoenix.parity;

/**
 * One tensor of a golden case against its bound.
 *
 * @param tensor the tensor's name in the golden file
 * @param measure what the error is: {@code max abs}, {@code rel L2} or {@code differ}
 * @param error found
 * @param bound the largest error allowed
 */
public record TensorCheck(String tensor, String measure, double error, double bound) {
  /** Whether the error is within the bound; NaN never is. */
  public boolean passed() {
    return error <= bound;
  }
}
