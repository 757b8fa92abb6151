package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Owns a {@code cublasLtMatmulDesc_t}: the transposed operands, and float32 arithmetic without
 * TF32. Uses host memory only and needs no device.
 */
final class ProductDescriptor implements AutoCloseable {
  private final MemorySegment handle;
  private final Lifetime lifetime = new Lifetime("the product descriptor");

  private ProductDescriptor(MemorySegment handle) {
    this.handle = handle;
  }

  static ProductDescriptor create(ColumnMajorProduct product) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(cublasLt_h.C_POINTER);
      int status =
          cublasLt_h.cublasLtMatmulDescCreate(
              out, cublasLt_h.CUBLAS_COMPUTE_32F(), cublasLt_h.CUDA_R_32F());
      CublasLtStatus.check(status, "cublasLtMatmulDescCreate");
      ProductDescriptor descriptor = new ProductDescriptor(out.get(cublasLt_h.C_POINTER, 0));
      descriptor.set(arena, cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSA(), product.left().transposed());
      descriptor.set(arena, cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSB(), product.right().transposed());
      return descriptor;
    }
  }

  private void set(Arena arena, int attribute, boolean transposed) {
    int operation = transposed ? cublasLt_h.CUBLAS_OP_T() : cublasLt_h.CUBLAS_OP_N();
    MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, operation);
    int status =
        cublasLt_h.cublasLtMatmulDescSetAttribute(handle, attribute, value, value.byteSize());
    CublasLtStatus.check(status, () -> "cublasLtMatmulDescSetAttribute(" + attribute + ")");
  }

  MemorySegment handle() {
    lifetime.check();
    return handle;
  }

  @Override
  public void close() {
    if (lifetime.end()) {
      int status = cublasLt_h.cublasLtMatmulDescDestroy(handle);
      CublasLtStatus.check(status, "cublasLtMatmulDescDestroy");
    }
  }
}
