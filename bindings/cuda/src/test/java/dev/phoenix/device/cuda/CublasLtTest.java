package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import dev.phoenix.device.cuda.AlgorithmConfiguration.Attribute;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests calls of the real cuBLASLt that need no device. The library is {@code
 * -Dphoenix.cublaslt=PATH}, or the one that the product finds.
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
    // Each binding looks up its symbol on first use.
    cublasLt_h.cublasLtCreate$address();
    cublasLt_h.cublasLtDestroy$address();
    cublasLt_h.cublasLtMatmul$address();
    cublasLt_h.cublasLtMatmulAlgoCheck$address();
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
    AlgorithmPreference preference = AlgorithmPreference.create(product);
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
  void asksForSumsThatAreNeitherSplitNorReduced() {
    try (AlgorithmPreference preference = AlgorithmPreference.create(ColumnMajorProduct.of(SHAPE));
        Arena arena = Arena.ofConfined()) {
      assertEquals(
          0,
          preferred(
              preference,
              cublasLt_h.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK(),
              arena.allocate(ValueLayout.JAVA_INT)));
      assertEquals(
          0,
          preferred(
              preference,
              cublasLt_h.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(),
              arena.allocate(ValueLayout.JAVA_LONG)));
      assertEquals(
          16,
          preferred(
              preference,
              cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES(),
              arena.allocate(ValueLayout.JAVA_INT)));
    }
  }

  /**
   * Reads an attribute of a preference and returns its first byte; {@code value} is prefilled with
   * another one.
   */
  private static int preferred(AlgorithmPreference preference, int attribute, MemorySegment value) {
    value.fill((byte) 7);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment written = arena.allocate(ValueLayout.JAVA_LONG);
      int status =
          call(
              "cublasLtMatmulPreferenceGetAttribute",
              preference.handle(),
              attribute,
              value,
              written);
      CublasLtStatus.check(status, "cublasLtMatmulPreferenceGetAttribute");
      assertEquals(value.byteSize(), written.get(ValueLayout.JAVA_LONG, 0));
    }
    return value.get(ValueLayout.JAVA_BYTE, 0);
  }

  /** A function (object, attribute, value, bytes, written) of the library. */
  private static int call(
      String function, MemorySegment of, int attribute, MemorySegment value, MemorySegment out) {
    var type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS);
    MemorySegment symbol = SymbolLookup.loaderLookup().findOrThrow(function);
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(symbol, type)
              .invokeExact(of, attribute, value, value.byteSize(), out);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** An algorithm with these attributes set, the others as the library leaves them. */
  private static void configure(MemorySegment algorithm, int attribute, int value) {
    try (Arena arena = Arena.ofConfined()) {
      // The setter takes one argument fewer; the extra one in a register is ignored.
      int status =
          call(
              "cublasLtMatmulAlgoConfigSetAttribute",
              algorithm,
              attribute,
              arena.allocateFrom(ValueLayout.JAVA_INT, value),
              MemorySegment.NULL);
      CublasLtStatus.check(status, "cublasLtMatmulAlgoConfigSetAttribute");
    }
  }

  @Test
  void readsWhatAnAlgorithmIsMadeOf() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment algorithm = cublasLtMatmulAlgo_t.allocate(arena);
      assertTrue(AlgorithmConfiguration.of(algorithm).sumsInOnePass());
      configure(algorithm, Attribute.TILE.number(), 20);
      configure(algorithm, Attribute.SPLITS.number(), 1);
      AlgorithmConfiguration whole = AlgorithmConfiguration.of(algorithm);
      assertEquals(20, whole.value(Attribute.TILE));
      assertTrue(whole.sumsInOnePass(), whole.toString());
      configure(algorithm, Attribute.SPLITS.number(), 3);
      AlgorithmConfiguration split = AlgorithmConfiguration.of(algorithm);
      assertEquals(3, split.value(Attribute.SPLITS));
      assertFalse(split.sumsInOnePass(), split.toString());
      configure(algorithm, Attribute.SPLITS.number(), 1);
      configure(algorithm, Attribute.REDUCTION.number(), 2);
      assertFalse(AlgorithmConfiguration.of(algorithm).sumsInOnePass());
      assertTrue(split.toString().contains("SPLITS 3"), split.toString());
    }
  }

  @Test
  void takesTheFirstAlgorithmThatIsValidAndSumsInOnePass() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment results = cublasLtMatmulHeuristicResult_t.allocateArray(5, arena);
      for (int i = 0; i < 5; i++) {
        MemorySegment result = cublasLtMatmulHeuristicResult_t.asSlice(results, i);
        cublasLtMatmulHeuristicResult_t.state(result, i == 0 ? 15 : 0);
        cublasLtMatmulHeuristicResult_t.workspaceSize(result, i == 2 ? 100 : 0);
        MemorySegment algorithm = cublasLtMatmulHeuristicResult_t.algo(result);
        configure(algorithm, Attribute.SPLITS.number(), i == 1 ? 2 : 1);
        configure(algorithm, Attribute.TILE.number(), 10 + i);
      }
      MatmulAlgorithm chosen = MatmulAlgorithm.first(results, 5, SHAPE, arena);
      assertEquals(13, chosen.configuration().value(Attribute.TILE));
      assertEquals(-1, chosen.algorithm().mismatch(algorithm(results, 3)));
      var none =
          assertThrows(
              DeviceException.class, () -> MatmulAlgorithm.first(results, 3, SHAPE, arena));
      assertEquals("NO_ALGORITHM", none.error());
      assertTrue(none.hint().startsWith("None of the 3 "), none.hint());
    }
  }

  private static MemorySegment algorithm(MemorySegment results, int i) {
    return cublasLtMatmulHeuristicResult_t.algo(
        cublasLtMatmulHeuristicResult_t.asSlice(results, i));
  }
}
