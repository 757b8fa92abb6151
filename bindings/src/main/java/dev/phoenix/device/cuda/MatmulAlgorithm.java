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
 * The algorithm the library's heuristic puts first.
 *
 * @param algorithm a {@code cublasLtMatmulAlgo_t}
 * @param workspaceBytes the workspace it needs
 */
record MatmulAlgorithm(MemorySegment algorithm, long workspaceBytes) {
  private static final int ASKED = 8;

  /**
   * Asks for an algorithm.
   *
   * @param memory where the algorithm is kept
   * @throws DeviceException when there is none for this shape
   */
  static MatmulAlgorithm choose(
      CublasLt library, MatmulShape shape, MatmulDescriptors described, SegmentAllocator memory) {
    ColumnMajorProduct product = ColumnMajorProduct.of(shape);
    try (Arena arena = Arena.ofConfined();
        AlgorithmPreference preference =
            AlgorithmPreference.create(product, CudaMatmul.MOST_WORKSPACE_BYTES)) {
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

  /** The first result that is valid: they come in the order of their estimated time. */
  static MatmulAlgorithm first(
      MemorySegment results, int count, MatmulShape shape, SegmentAllocator memory) {
    for (int i = 0; i < count; i++) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.asSlice(results, i);
      if (cublasLtMatmulHeuristicResult_t.state(result) == cublasLt_h.CUBLAS_STATUS_SUCCESS()) {
        MemorySegment kept = cublasLtMatmulAlgo_t.allocate(memory);
        kept.copyFrom(cublasLtMatmulHeuristicResult_t.algo(result));
        return new MatmulAlgorithm(kept, cublasLtMatmulHeuristicResult_t.workspaceSize(result));
      }
    }
    throw new DeviceException(
        "planning " + shape,
        "NO_ALGORITHM",
        CublasLtStatus.hint(cublasLt_h.CUBLAS_STATUS_NOT_SUPPORTED()));
  }
}
