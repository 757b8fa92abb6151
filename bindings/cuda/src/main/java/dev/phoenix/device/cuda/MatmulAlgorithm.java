package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLtMatmulAlgo_t;
import dev.phoenix.bindings.cublaslt.cublasLtMatmulHeuristicResult_t;
import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.MatmulShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * An algorithm that computes each element as one sum over K, without split-K and without a
 * workspace. The workspace is checked because no attribute reveals stream-K algorithms, which split
 * K unevenly over blocks: they need a workspace for their partial sums.
 *
 * @param algorithm a {@code cublasLtMatmulAlgo_t}
 * @param configuration its attributes
 */
record MatmulAlgorithm(MemorySegment algorithm, AlgorithmConfiguration configuration) {
  /** Number of candidates requested: enough to include one that does not split K. */
  private static final int ASKED = 64;

  /**
   * Chooses an algorithm.
   *
   * @param memory allocator of the algorithm
   * @throws DeviceException when there is none for this shape
   */
  static MatmulAlgorithm choose(CublasLt library, MatmulShape shape, SegmentAllocator memory) {
    ColumnMajorProduct product = ColumnMajorProduct.of(shape);
    try (Arena arena = Arena.ofConfined();
        MatmulDescriptors described = MatmulDescriptors.create(product);
        AlgorithmPreference preference = AlgorithmPreference.create(product)) {
      MemorySegment results = cublasLtMatmulHeuristicResult_t.allocateArray(ASKED, arena);
      MemorySegment found = arena.allocate(ValueLayout.JAVA_INT);
      int status =
          cublasLt_h.cublasLtMatmulAlgoGetHeuristic(
              library.handle(),
              described.product().handle(),
              described.left().handle(),
              described.right().handle(),
              described.out().handle(),
              described.out().handle(),
              preference.handle(),
              ASKED,
              results,
              found);
      CublasLtStatus.check(status, () -> "planning " + shape);
      return first(results, found.get(ValueLayout.JAVA_INT, 0), shape, memory);
    }
  }

  /** The first valid result that sums in one pass. Results are ordered by estimated time. */
  static MatmulAlgorithm first(
      MemorySegment results, int count, MatmulShape shape, SegmentAllocator memory) {
    for (int i = 0; i < count; i++) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.asSlice(results, i);
      boolean valid =
          cublasLtMatmulHeuristicResult_t.state(result) == cublasLt_h.CUBLAS_STATUS_SUCCESS()
              && cublasLtMatmulHeuristicResult_t.workspaceSize(result) == 0;
      MemorySegment algorithm = cublasLtMatmulHeuristicResult_t.algo(result);
      if (valid && AlgorithmConfiguration.of(algorithm).sumsInOnePass()) {
        MemorySegment kept = cublasLtMatmulAlgo_t.allocate(memory);
        kept.copyFrom(algorithm);
        return new MatmulAlgorithm(kept, AlgorithmConfiguration.of(kept));
      }
    }
    throw new DeviceException(
        "planning " + shape,
        "NO_ALGORITHM",
        "None of the "
            + count
            + " that the library names sums in one pass without a workspace. "
            + CublasLtStatus.hint(cublasLt_h.CUBLAS_STATUS_NOT_SUPPORTED()));
  }

  /**
   * Checks that the algorithm supports a product with another M than it was chosen for. There is no
   * fallback to another algorithm: its rows could differ in their last bits from the same rows in
   * another batch.
   *
   * @throws DeviceException when it does not
   */
  void requireFit(CublasLt library, MatmulShape shape, MatmulDescriptors described) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.allocate(arena);
      int status =
          cublasLt_h.cublasLtMatmulAlgoCheck(
              library.handle(),
              described.product().handle(),
              described.left().handle(),
              described.right().handle(),
              described.out().handle(),
              described.out().handle(),
              algorithm,
              result);
      long workspace = cublasLtMatmulHeuristicResult_t.workspaceSize(result);
      if (status != cublasLt_h.CUBLAS_STATUS_SUCCESS() || workspace != 0) {
        throw new DeviceException(
            "planning " + shape,
            "ALGORITHM_DOES_NOT_FIT",
            "The algorithm for products of this width and depth ("
                + configuration
                + ") cannot compute this number of rows"
                + (workspace == 0 ? "" : " without " + workspace + " bytes of workspace")
                + ", and another would sum in another order: use batches of other sizes.");
      }
    }
  }
}
