package dev.phoenix.device.cuda;

import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * Chooses one cuBLASLt algorithm for all matrix products that differ only in M: it is chosen for M
 * = {@link #ROWS} and used for every M.
 *
 * <p>A row of C must have the same bits in every batch. The library does not promise that across
 * algorithms: another tile size may use another instruction with another summation order, slice K
 * inside a block, or step through K differently, and so round differently. Within one algorithm
 * that neither splits K nor reduces partial sums, every element is computed by the same sequence of
 * instructions over K, whatever its row index. The cost: for small M the library would choose
 * smaller tiles or split K. At {@link #ROWS} rows a batch begins to fill a GPU with large tiles;
 * below that, a product is bound by reading its weights or by launch latency.
 */
final class AlgorithmChoices implements AutoCloseable {
  /** M for which an algorithm is chosen: one long history, or a small batch. */
  static final int ROWS = 1024;

  private static final System.Logger LOG = System.getLogger(AlgorithmChoices.class.getName());

  private final Arena arena = Arena.ofShared();
  private final Map<MatmulShape, MatmulAlgorithm> chosen = new HashMap<>();

  AlgorithmChoices() {}

  /**
   * The algorithm for all products that differ from {@code shape} only in M.
   *
   * @throws dev.phoenix.device.DeviceException when there is none
   */
  synchronized MatmulAlgorithm of(CublasLt library, MatmulShape shape) {
    return chosen.computeIfAbsent(representative(shape), typical -> choose(library, typical));
  }

  private MatmulAlgorithm choose(CublasLt library, MatmulShape typical) {
    MatmulAlgorithm algorithm = MatmulAlgorithm.choose(library, typical, arena);
    LOG.log(Level.DEBUG, "{0}: {1}", typical, algorithm.configuration());
    return algorithm;
  }

  /**
   * The product with M = {@link #ROWS} for which the algorithm of {@code shape} is chosen. Strides
   * that depend on M are adjusted and keep their alignment.
   */
  static MatmulShape representative(MatmulShape shape) {
    Size size = new Size(ROWS, shape.size().n(), shape.size().k());
    boolean batched = shape.batches() > 1;
    MatrixLayout a = withRows(shape.a(), size.k(), batched);
    MatrixLayout c = withRows(shape.c(), size.n(), batched);
    MatrixLayout b = batched ? shape.b() : shape.b().withBatchStride(0);
    return new MatmulShape(size, shape.batches(), c, a, b);
  }

  private static MatrixLayout withRows(MatrixLayout layout, int columns, boolean batched) {
    boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
    int width = layout.type().byteSize();
    long leading =
        normal ? layout.leadingDimension() : alike(ROWS, layout.leadingDimension(), width);
    long span = leading * (normal ? ROWS : columns);
    long stride =
        batched && layout.batchStride() != 0 ? alike(span, layout.batchStride(), width) : 0;
    return new MatrixLayout(layout.type(), layout.order(), leading, stride);
  }

  /**
   * A number of elements >= {@code least} with the same alignment, up to 16 bytes, as {@code like}.
   */
  private static long alike(long least, long like, int width) {
    int most = CudaMatmul.ALIGNMENT_BYTES;
    long alignment = Long.lowestOneBit(like * width | most);
    long rounded = Math.ceilDiv(least * width, most) * most;
    return (alignment == most ? rounded : rounded + alignment) / width;
  }

  @Override
  public synchronized void close() {
    chosen.clear();
    arena.close();
  }
}
