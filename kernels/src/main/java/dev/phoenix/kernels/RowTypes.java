package dev.phoenix.kernels;

import dev.phoenix.device.ElementType;
import java.util.Locale;

/**
 * The element types that a norm reads and writes.
 *
 * @param in type of the input rows and of a residual stream
 * @param out type of the output rows
 */
public record RowTypes(ElementType in, ElementType out) {
  /** bfloat16 throughout. */
  public static final RowTypes BF16 = new RowTypes(ElementType.BF16, ElementType.BF16);

  /** Checks that kernels for these types exist. */
  public RowTypes {
    if (in == ElementType.BF16 && out == ElementType.F32) {
      throw new IllegalArgumentException("norms write nothing wider than they read");
    }
  }

  /** The entry for these types of the kernel {@code stem}. */
  String entry(String stem) {
    return in == ElementType.BF16 ? stem : (stem + "_" + in + "_" + out).toLowerCase(Locale.ROOT);
  }
}
