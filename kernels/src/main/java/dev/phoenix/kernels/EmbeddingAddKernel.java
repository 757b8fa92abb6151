package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;
import java.util.Locale;

/**
 * tokens += the sum of a row's embeddings, for the IP hashes of a user token. Source:
 * docs/model.md#3-features.
 */
public final class EmbeddingAddKernel {
  private final KernelLibrary library;

  /** The kernel on the library's device. */
  public EmbeddingAddKernel(KernelLibrary library) {
    this.library = library;
  }

  /**
   * The table rows of each token.
   *
   * @param memory [rows, hashes] int32; one outside the table gives a row of NaN
   * @param hashes per token
   */
  public record Indices(DeviceMemory memory, int hashes) {}

  /**
   * Adds embeddings of a float32 table to float32 tokens.
   *
   * @param tokens [rows, D] float32, updated in place
   * @param table embedding table, float32
   * @param size of {@code tokens}: rows and D
   * @throws IllegalArgumentException when an operand is too small, or the table is bfloat16
   */
  public void launchFloats(
      LaunchTarget target,
      DeviceMemory tokens,
      EmbeddingGatherKernel.Table table,
      Indices indices,
      MatrixSize size) {
    if (table.type() != ElementType.F32) {
      throw new IllegalArgumentException("table: expected F32, found " + table.type());
    }
    Check.holds("tokens", tokens, ElementType.F32, size.rows(), size.columns());
    launch(target, "embedding_add_f32_f32", tokens, new Rows(table, indices, size));
  }

  private record Rows(EmbeddingGatherKernel.Table table, Indices indices, MatrixSize size) {}

  /**
   * Adds embeddings to bfloat16 tokens, summed in float32 and rounded once.
   *
   * @param tokens [rows, D] bfloat16, updated in place
   * @param table embedding table
   * @param size of {@code tokens}: rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target,
      DeviceMemory tokens,
      EmbeddingGatherKernel.Table table,
      Indices indices,
      MatrixSize size) {
    Check.holds("tokens", tokens, ElementType.BF16, size.rows(), size.columns());
    String entry = "embedding_add_" + table.type().toString().toLowerCase(Locale.ROOT);
    launch(target, entry, tokens, new Rows(table, indices, size));
  }

  private void launch(LaunchTarget target, String entry, DeviceMemory tokens, Rows rows) {
    EmbeddingGatherKernel.Table table = rows.table();
    Indices indices = rows.indices();
    MatrixSize size = rows.size();
    Check.between("reserved rows", table.reserved(), 0, table.rows());
    Check.holds("table", table.memory(), table.type(), table.rows(), size.columns());
    Check.holdsIntegers("indices", indices.memory(), size.rows(), indices.hashes());
    if (size.rows() == 0 || indices.hashes() == 0) {
      return;
    }
    target.launch(
        library.kernel("embedding_add", entry),
        RowBlock.spreading(size.columns()).covering(size.rows(), size.columns()),
        KernelArguments.builder()
            .pointer(tokens)
            .pointer(table.memory())
            .pointer(indices.memory())
            .i32(size.rows())
            .i32(size.columns())
            .i32(indices.hashes())
            .i32(table.rows())
            .i32(table.reserved())
            .build());
  }
}
