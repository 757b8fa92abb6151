package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import java.util.function.Supplier;

/**
 * An output of a launch and its expected values.
 *
 * @param name name of the operand
 * @param format format of its numbers
 * @param memory memory that holds exactly these numbers
 * @param expected computes the expected numbers by the kernel's definition, as doubles for every
 *     format
 * @param allowance tolerance of the result
 */
public record Output(
    String name,
    Format format,
    DeviceMemory memory,
    Supplier<double[]> expected,
    Allowance allowance) {
  /** A tolerance, which may depend on the expected values. */
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
