package dev.phoenix.device.cuda;

import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * One algorithm for every product that differs only in its rows, whatever their number: chosen once
 * for {@link #ROWS} rows, then used for all.
 *
 * <p>A row of C is to have the same bits alone and in any batch, and the library promises nothing
 * of the kind between algorithms: another tile may use another instruction (whose own order of
 * summing a piece of the depth is not the same), slice the depth inside a block, or walk it in
 * other steps, so that algorithms which look alike round differently. Of one algorithm that neither
 * splits the depth nor reduces partial sums, every element is one chain of the same instructions
 * over the same pieces of the depth, wherever in the batch its row stands. What is given up for
 * that: the library would take smaller tiles for a few rows and, of little depth per block, split
 * the depth. {@link #ROWS} is where a batch begins to fill a GPU with the tiles that serve all
 * larger ones; below, a product is bound by reading its weights or by its launch.
 */
final class AlgorithmChoices implements AutoCloseable {
  /** The rows that an algorithm is chosen for: one long history, or a small batch. */
  static final int ROWS = 1024;

  private static final System.Logger LOG = System.getLogger(AlgorithmChoices.class.getName());

  private final Arena arena = Arena.ofShared();
  private final Map<MatmulShape, MatmulAlgorithm> chosen = new HashMap<>();

  AlgorithmChoices() {}

  /**
   * The algorithm of all products like {@code shape}.
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
   * The product that stands for all that differ from {@code shape} in their rows alone: {@link
   * #ROWS} of them, and what follows from their number made to fit, as little aligned as it was.
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

  /** A number of elements, at least {@code least}, that is aligned in bytes as {@code like} is. */
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
