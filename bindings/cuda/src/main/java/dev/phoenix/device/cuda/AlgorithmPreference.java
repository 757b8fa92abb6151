package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Owner of a {@code cublasLtMatmulPreference_t}: the constraints on the algorithm search. Uses host
 * memory only and needs no device.
 */
final class AlgorithmPreference implements AutoCloseable {
  /** {@code CUBLASLT_REDUCTION_SCHEME_NONE}: K is not split. */
  private static final int NO_REDUCTION = 0;

  /** Without a workspace no partial sums can be stored; see {@link MatmulAlgorithm}. */
  private static final long NO_WORKSPACE = 0;

  private final MemorySegment handle;
  private final Lifetime lifetime = new Lifetime("the algorithm preference");

  private AlgorithmPreference(MemorySegment handle) {
    this.handle = handle;
  }

  static AlgorithmPreference create(ColumnMajorProduct product) {
    int left = product.left().alignment(product.batches());
    int right = product.right().alignment(product.batches());
    int out = product.out().alignment(product.batches());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(cublasLt_h.C_POINTER);
      int status = cublasLt_h.cublasLtMatmulPreferenceCreate(pointer);
      CublasLtStatus.check(status, "cublasLtMatmulPreferenceCreate");
      AlgorithmPreference preference =
          new AlgorithmPreference(pointer.get(cublasLt_h.C_POINTER, 0));
      preference.set(
          cublasLt_h.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(),
          arena.allocateFrom(ValueLayout.JAVA_LONG, NO_WORKSPACE));
      preference.set(
          cublasLt_h.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK(),
          arena.allocateFrom(ValueLayout.JAVA_INT, NO_REDUCTION));
      // The default alignment is 256 bytes; slices of buffers guarantee less.
      preference.set(
          cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES(),
          arena.allocateFrom(ValueLayout.JAVA_INT, left));
      preference.set(
          cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES(),
          arena.allocateFrom(ValueLayout.JAVA_INT, right));
      MemorySegment outBytes = arena.allocateFrom(ValueLayout.JAVA_INT, out);
      preference.set(cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES(), outBytes);
      preference.set(cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES(), outBytes);
      return preference;
    }
  }

  private void set(int attribute, MemorySegment value) {
    int status =
        cublasLt_h.cublasLtMatmulPreferenceSetAttribute(handle, attribute, value, value.byteSize());
    CublasLtStatus.check(status, () -> "cublasLtMatmulPreferenceSetAttribute(" + attribute + ")");
  }

  MemorySegment handle() {
    lifetime.check();
    return handle;
  }

  @Override
  public void close() {
    if (lifetime.end()) {
      int status = cublasLt_h.cublasLtMatmulPreferenceDestroy(handle);
      CublasLtStatus.check(status, "cublasLtMatmulPreferenceDestroy");
    }
  }
}
