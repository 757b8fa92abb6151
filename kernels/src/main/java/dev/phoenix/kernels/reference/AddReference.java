package dev.phoenix.kernels.reference;

/** out += x, element by element. */
public final class AddReference {
  private AddReference() {}

  /**
   * out[i] += x[i].
   *
   * @param out [any shape], updated in place
   * @param x as many elements
   */
  public static void apply(float[] out, float[] x) {
    for (int i = 0; i < x.length; i++) {
      out[i] += x[i];
    }
  }
}
