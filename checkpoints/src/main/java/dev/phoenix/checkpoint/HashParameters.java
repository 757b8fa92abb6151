package dev.phoenix.checkpoint;

import java.util.Arrays;

/**
 * Constants of the hashes of one kind of id (docs/model.md#2-hashing): for hash j, {@code (id *
 * scale(j) + bias(j)) floor-mod modulus} in wrapping 64-bit arithmetic. Immutable.
 */
public final class HashParameters {
  private final long[] scales;
  private final long[] biases;
  private final long modulus;

  /**
   * Constants for {@code scales.length} hashes.
   *
   * @throws IllegalArgumentException if the lengths differ or modulus is below 1
   */
  public HashParameters(long[] scales, long[] biases, long modulus) {
    if (scales.length != biases.length || modulus < 1) {
      throw new IllegalArgumentException(
          "expected as many scales as biases and a positive modulus, found "
              + scales.length
              + ", "
              + biases.length
              + ", "
              + modulus);
    }
    this.scales = scales.clone();
    this.biases = biases.clone();
    this.modulus = modulus;
  }

  /** Number of hashes. */
  public int count() {
    return scales.length;
  }

  /** Factor of hash {@code j}. */
  public long scale(int j) {
    return scales[j];
  }

  /** Summand of hash {@code j}. */
  public long bias(int j) {
    return biases[j];
  }

  /** Divisor of all hashes, positive. */
  public long modulus() {
    return modulus;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HashParameters that
        && modulus == that.modulus
        && Arrays.equals(scales, that.scales)
        && Arrays.equals(biases, that.biases);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(scales) + Arrays.hashCode(biases)) + Long.hashCode(modulus);
  }

  @Override
  public String toString() {
    return "scales "
        + Arrays.toString(scales)
        + ", biases "
        + Arrays.toString(biases)
        + ", modulus "
        + modulus;
  }
}
