package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import java.util.function.Supplier;

/**
 * What a launch writes and what it must be.
 *
 * @param name of the operand
 * @param format of its numbers
 * @param memory that holds them and nothing else
 * @param expected computes them by the kernel's definition; every format's numbers are doubles
 * @param allowance how far from it the result may lie
 */
public record Output(
    String name,
    Format format,
    DeviceMemory memory,
    Supplier<double[]> expected,
    Allowance allowance) {
  /** A tolerance, or one that depends on what is expected. */
  @FunctionalInterface
  public interface Allowance {
    /** The tolerance around these values. */
    Tolerance of(double[] expected);
  }

  /** An output of floating-point numbers. */
  public static Output of(
      String name,
      Format format,
      DeviceMemory memory,
      Allowance allowance,
      Supplier<float[]> expected) {
    return new Output(name, format, memory, () -> doubles(expected.get()), allowance);
  }

  /** An output of integers, which must be exact. */
  public static Output integers(String name, DeviceMemory memory, Supplier<int[]> expected) {
    Supplier<double[]> values =
        () -> java.util.Arrays.stream(expected.get()).asDoubleStream().toArray();
    return new Output(name, Format.INT32, memory, values, Tolerance.EXACT);
  }

  static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
