package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.bindings.cublaslt.cublasLtMatmulAlgo_t;
import dev.phoenix.bindings.cublaslt.cublasLtMatmulHeuristicResult_t;
import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What cuBLASLt does without a device, with the real library: {@code -Dphoenix.cublaslt=PATH}, or
 * wherever the product finds it.
 */
class CublasLtTest {
  private static final MatmulShape SHAPE =
      MatmulShape.dense(new Size(3, 5, 8), ElementType.BF16, ElementType.F32);

  @BeforeEach
  void load() {
    try {
      CublasLtLibrary.load(CudaDriver.OLDEST_VERSION + 1000);
    } catch (DeviceException e) {
      assumeTrue(false, String.valueOf(e.getMessage()));
    }
  }

  @Test
  void tellsItsVersionAndPath() {
    CublasLtLibrary library = CublasLtLibrary.load(13000);
    assertTrue(library.path().startsWith("/"), library.path());
    assertTrue(library.path().contains("libcublasLt.so"), library.path());
    assertTrue(library.version() >= 120_000, "version " + library.version());
  }

  @Test
  void hasTheStructuresTheBindingsWereMadeFor() {
    assertEquals(64, cublasLtMatmulAlgo_t.sizeof());
    assertEquals(96, cublasLtMatmulHeuristicResult_t.sizeof());
    assertEquals(64, cublasLtMatmulHeuristicResult_t.workspaceSize$offset());
    assertEquals(72, cublasLtMatmulHeuristicResult_t.state$offset());
  }

  @Test
  void hasEveryFunctionThatIsCalled() {
    // Each looks its symbol up when it is first asked for.
    cublasLt_h.cublasLtCreate$address();
    cublasLt_h.cublasLtDestroy$address();
    cublasLt_h.cublasLtMatmul$address();
    cublasLt_h.cublasLtMatmulAlgoGetHeuristic$address();
  }

  @Test
  void putsAStatusIntoWords() {
    var found =
        assertThrows(
            DeviceException.class,
            () -> CublasLtStatus.check(cublasLt_h.CUBLAS_STATUS_NOT_SUPPORTED(), "planning"));
    assertEquals("planning", found.call());
    assertEquals("CUBLAS_STATUS_NOT_SUPPORTED", found.error());
    for (int status = 1; status < 17; status++) {
      assertEquals(1, CublasLtStatus.hint(status).lines().count());
    }
  }

  @Test
  void describesAndForgetsProducts() {
    MatmulShape transposed =
        SHAPE
            .withB(MatrixLayout.denseTransposed(ElementType.BF16, 8, 5))
            .withA(SHAPE.a().withBatchStride(0))
            .withBatches(7);
    ColumnMajorProduct product = ColumnMajorProduct.of(transposed);
    MatmulDescriptors descriptors = MatmulDescriptors.create(product);
    assertEquals(1, operation(descriptors, cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSA()));
    assertEquals(0, operation(descriptors, cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSB()));
    assertEquals(
        cublasLt_h.CUBLAS_COMPUTE_32F(),
        operation(descriptors, cublasLt_h.CUBLASLT_MATMUL_DESC_COMPUTE_TYPE()));
    AlgorithmPreference preference = AlgorithmPreference.create(product, 1 << 20);
    preference.handle();
    preference.close();
    preference.close();
    descriptors.close();
    descriptors.close();
    assertThrows(IllegalStateException.class, descriptors.left()::handle);
    assertThrows(IllegalStateException.class, preference::handle);
  }

  private static int operation(MatmulDescriptors descriptors, int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment written = arena.allocate(ValueLayout.JAVA_LONG);
      int status =
          cublasLt_h.cublasLtMatmulDescGetAttribute(
              descriptors.product().handle(), attribute, value, value.byteSize(), written);
      CublasLtStatus.check(status, "cublasLtMatmulDescGetAttribute");
      assertEquals(4, written.get(ValueLayout.JAVA_LONG, 0));
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  @Test
  void takesTheFirstAlgorithmThatIsValid() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment results = cublasLtMatmulHeuristicResult_t.allocateArray(3, arena);
      for (int i = 0; i < 3; i++) {
        MemorySegment result = cublasLtMatmulHeuristicResult_t.asSlice(results, i);
        cublasLtMatmulHeuristicResult_t.state(result, i == 0 ? 15 : 0);
        cublasLtMatmulHeuristicResult_t.workspaceSize(result, 100 + i);
        cublasLtMatmulAlgo_t.data(cublasLtMatmulHeuristicResult_t.algo(result), 7, 40 + i);
      }
      MatmulAlgorithm chosen = MatmulAlgorithm.first(results, 3, SHAPE, arena);
      assertEquals(101, chosen.workspaceBytes());
      assertEquals(41, cublasLtMatmulAlgo_t.data(chosen.algorithm(), 7));
      var none =
          assertThrows(
              DeviceException.class, () -> MatmulAlgorithm.first(results, 1, SHAPE, arena));
      assertEquals("NO_ALGORITHM", none.error());
    }
  }
}
