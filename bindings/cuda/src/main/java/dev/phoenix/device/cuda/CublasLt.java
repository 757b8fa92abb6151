package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.MatmulShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Owns a cuBLASLt handle and the algorithms chosen with it. Thread-safe. */
final class CublasLt implements AutoCloseable {
  private final CudaContext context;
  private final MemorySegment handle;
  private final AlgorithmChoices algorithms = new AlgorithmChoices();
  private final Lifetime lifetime = new Lifetime("the cuBLASLt handle");

  private CublasLt(CudaContext context, MemorySegment handle) {
    this.context = context;
    this.handle = handle;
  }

  /** Creates a handle for a device with a loaded library. */
  static CublasLt create(CudaContext context, CublasLtLibrary library) {
    context.bind();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(cublasLt_h.C_POINTER);
      int status = cublasLt_h.cublasLtCreate(out);
      CublasLtStatus.check(
          status, () -> "cublasLtCreate of version " + library.version() + " at " + library.path());
      return new CublasLt(context, out.get(cublasLt_h.C_POINTER, 0));
    }
  }

  MemorySegment handle() {
    lifetime.check();
    return handle;
  }

  /**
   * The algorithm for all products that differ from {@code shape} only in M.
   *
   * @throws dev.phoenix.device.DeviceException when there is none
   */
  MatmulAlgorithm algorithm(MatmulShape shape) {
    lifetime.check();
    return algorithms.of(this, shape);
  }

  @Override
  public void close() {
    if (!lifetime.end()) {
      return;
    }
    algorithms.close();
    if (context.isOpen()) {
      context.bind();
      int status = cublasLt_h.cublasLtDestroy(handle);
      CublasLtStatus.check(status, "cublasLtDestroy");
    }
  }
}
