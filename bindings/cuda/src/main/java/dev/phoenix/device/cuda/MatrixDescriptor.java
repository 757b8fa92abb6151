package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Owns a {@code cublasLtMatrixLayout_t}. Uses host memory only and needs no device. */
final class MatrixDescriptor implements AutoCloseable {
  private final MemorySegment handle;
  private final Lifetime lifetime = new Lifetime("the matrix descriptor");

  private MatrixDescriptor(MemorySegment handle) {
    this.handle = handle;
  }

  static MatrixDescriptor create(ColumnMajorProduct.Operand operand, int batches) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(cublasLt_h.C_POINTER);
      int status =
          cublasLt_h.cublasLtMatrixLayoutCreate(
              out,
              dataType(operand.layout().type()),
              operand.rows(),
              operand.columns(),
              operand.layout().leadingDimension());
      CublasLtStatus.check(status, "cublasLtMatrixLayoutCreate");
      MatrixDescriptor descriptor = new MatrixDescriptor(out.get(cublasLt_h.C_POINTER, 0));
      if (batches > 1) {
        descriptor.setBatches(arena, batches, operand.layout().batchStride());
      }
      return descriptor;
    }
  }

  private void setBatches(Arena arena, int count, long stride) {
    MemorySegment counted = arena.allocateFrom(ValueLayout.JAVA_INT, count);
    MemorySegment strided = arena.allocateFrom(ValueLayout.JAVA_LONG, stride);
    set(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT(), counted);
    set(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET(), strided);
  }

  private void set(int attribute, MemorySegment value) {
    int status =
        cublasLt_h.cublasLtMatrixLayoutSetAttribute(handle, attribute, value, value.byteSize());
    CublasLtStatus.check(status, () -> "cublasLtMatrixLayoutSetAttribute(" + attribute + ")");
  }

  static int dataType(ElementType type) {
    return switch (type) {
      case F32 -> cublasLt_h.CUDA_R_32F();
      case BF16 -> cublasLt_h.CUDA_R_16BF();
    };
  }

  MemorySegment handle() {
    lifetime.check();
    return handle;
  }

  @Override
  public void close() {
    if (lifetime.end()) {
      int status = cublasLt_h.cublasLtMatrixLayoutDestroy(handle);
      CublasLtStatus.check(status, "cublasLtMatrixLayoutDestroy");
    }
  }
}
