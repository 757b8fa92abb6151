package dev.phoenix.kernels.check;

import dev.phoenix.device.ElementType;

/** The number format of an output, and its unit in the last place. */
public enum Format {
  /** bfloat16: 8 significant bits. */
  BFLOAT16(2, 8, -126),
  /** IEEE binary32: 24 significant bits. */
  FLOAT32(4, 24, -126),
  /** IEEE binary64: 53 significant bits. */
  FLOAT64(8, 53, -1022),
  /** 32-bit integers, one apart. */
  INT32(4, 0, 0);

  private final int byteSize;
  private final int precision;
  private final int smallestExponent;

  Format(int byteSize, int precision, int smallestExponent) {
    this.byteSize = byteSize;
    this.precision = precision;
    this.smallestExponent = smallestExponent;
  }

  /** The format of a matrix's elements. */
  public static Format of(ElementType type) {
    return type == ElementType.F32 ? FLOAT32 : BFLOAT16;
  }

  /** Bytes of a number. */
  public int byteSize() {
    return byteSize;
  }

  /** The unit in the last place of a finite value. */
  public double ulp(double value) {
    if (this == INT32) {
      return 1;
    }
    int exponent = Math.max(Math.getExponent(value), smallestExponent);
    return Math.scalb(1.0, exponent - precision + 1);
  }
}
