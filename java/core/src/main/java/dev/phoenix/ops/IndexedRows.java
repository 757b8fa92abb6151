package dev.phoenix.ops;

import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a small table, selected by index.
 *
 * @param table [n, D]
 * @param rows the table row for each row of the operation; may be longer than that has rows
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
