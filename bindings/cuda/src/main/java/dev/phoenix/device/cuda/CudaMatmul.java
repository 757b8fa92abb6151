package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import dev.phoenix.lifecycle.Closer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix product by cuBLASLt. Descriptors and algorithm are created once; a run is one call that
 * allocates no device memory, so it can be captured in a graph.
 *
 * <p>All products that differ only in M use the same algorithm ({@link AlgorithmChoices}), so a row
 * of C has the same bits in any batch. The algorithm needs no workspace, so a plan has no state on
 * the device and its runs may overlap.
 */
final class CudaMatmul implements Matmul {
  /** Alignment of every operand's address. */
  static final int ALIGNMENT_BYTES = 16;

  private final CudaContext context;
  private final CublasLt library;
  private final MatmulShape shape;
  private final Closer owned;
  private final MatmulDescriptors descriptors;
  private final MatmulAlgorithm algorithm;
  private final MemorySegment one;
  private final MemorySegment zero;
  private final Lifetime lifetime = new Lifetime("the matrix product");

  private CudaMatmul(Closer owned, CudaContext context, CublasLt library, MatmulShape shape) {
    this.owned = owned;
    this.context = context;
    this.library = library;
    this.shape = shape;
    Arena arena = owned.own(Arena.ofShared());
    one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f);
    zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0f);
    descriptors = owned.own(MatmulDescriptors.create(ColumnMajorProduct.of(shape)));
    algorithm = library.algorithm(shape);
    algorithm.requireFit(library, shape, descriptors);
  }

  /** Plans a product. */
  static CudaMatmul create(CudaContext context, CublasLt library, MatmulShape shape) {
    context.bind();
    return Closer.open(owned -> new CudaMatmul(owned, context, library, shape));
  }

  @Override
  public MatmulShape shape() {
    return shape;
  }

  @Override
  public void run(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    Operands operands = operands(c, a, b);
    run(CudaStream.of(stream, context), operands, zero);
  }

  @Override
  public void runAdding(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    Operands operands = operands(c, a, b);
    run(CudaStream.of(stream, context), operands, one);
  }

  /** Checked addresses, as native pointers. */
  private record Operands(MemorySegment c, MemorySegment a, MemorySegment b) {}

  private Operands operands(DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    lifetime.check();
    return new Operands(
        checked("C", c, shape.byteSizeOfC()),
        checked("A", a, shape.byteSizeOfA()),
        checked("B", b, shape.byteSizeOfB()));
  }

  private MemorySegment checked(String operand, DeviceMemory memory, long bytes) {
    long address = context.addressOf(memory);
    if (memory.byteSize() < bytes || address % ALIGNMENT_BYTES != 0) {
      throw new IllegalArgumentException(
          operand
              + " needs "
              + bytes
              + " bytes at a multiple of "
              + ALIGNMENT_BYTES
              + ", not "
              + memory);
    }
    return MemorySegment.ofAddress(address);
  }

  private void run(CudaStream stream, Operands operands, MemorySegment beta) {
    int status =
        cublasLt_h.cublasLtMatmul(
            library.handle(),
            descriptors.product().handle(),
            one,
            // Column-major: the left operand of the transposed product is B.
            operands.b(),
            descriptors.left().handle(),
            operands.a(),
            descriptors.right().handle(),
            beta,
            operands.c(),
            descriptors.out().handle(),
            operands.c(),
            descriptors.out().handle(),
            algorithm.algorithm(),
            MemorySegment.NULL,
            0,
            MemorySegment.ofAddress(stream.handle().value()));
    CublasLtStatus.check(status, () -> "cublasLtMatmul of " + shape);
  }

  /** {@inheritDoc} The caller must ensure that no stream still runs it. */
  @Override
  public void close() {
    if (lifetime.end()) {
      owned.close();
    }
  }
}
