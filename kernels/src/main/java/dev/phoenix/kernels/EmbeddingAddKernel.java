package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.Stream;
import java.util.Locale;

/**
 * tokens += the sum of a row's embeddings: the IP hashes of a user token. Source: SPEC section 3.
 */
public final class EmbeddingAddKernel {
  private final KernelLibrary library;

  /** The kernel on the library's device. */
  public EmbeddingAddKernel(KernelLibrary library) {
    this.library = library;
  }

  /**
   * Which rows of the table each token gets.
   *
   * @param memory [rows, hashes] int32; one outside the table gives a row of NaN
   * @param hashes per token
   */
  public record Indices(DeviceMemory memory, int hashes) {}

  /**
   * Adds embeddings to tokens, summed in float32 and rounded once.
   *
   * @param tokens [rows, D] bfloat16, updated in place
   * @param table the rows to choose from
   * @param size of {@code tokens}: rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      Stream stream,
      DeviceMemory tokens,
      EmbeddingGatherKernel.Table table,
      Indices indices,
      MatrixSize size) {
    Check.between("reserved rows", table.reserved(), 0, table.rows());
    Check.holds("tokens", tokens, ElementType.BF16, size.rows(), size.columns());
    Check.holds("table", table.memory(), table.type(), table.rows(), size.columns());
    Check.holdsIntegers("indices", indices.memory(), size.rows(), indices.hashes());
    if (size.rows() == 0 || indices.hashes() == 0) {
      return;
    }
    stream.launch(
        library.kernel(
            "embedding_add", "embedding_add_" + table.type().toString().toLowerCase(Locale.ROOT)),
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
