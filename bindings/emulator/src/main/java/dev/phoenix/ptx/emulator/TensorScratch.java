package dev.phoenix.ptx.emulator;

/** The matrices of one multiplication. */
final class TensorScratch {
  private static final int MAX_K = 16;

  final double[] a = new double[Fragments.M * MAX_K];
  final double[] b = new double[MAX_K * Fragments.N];
  final double[] c = new double[Fragments.M * Fragments.N];

  /** The registers of C. */
  final int[] sums = new int[Fragments.M * Fragments.N];
}
