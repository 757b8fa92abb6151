package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a small table, by index.
 *
 * @param table [n, D]
 * @param rows which one each row of an operation gets; as many as that has rows, or more
 */
public record IndexedRows(Tensor table, int[] rows) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IndexedRows that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {table, rows};
  }
}
