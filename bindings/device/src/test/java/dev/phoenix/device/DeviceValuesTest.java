package dev.phoenix.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.MatmulShape.Size;
import org.junit.jupiter.api.Test;

/** Shapes, slices, arguments and layouts check themselves. */
class DeviceValuesTest {
  private record Fake(long address, long byteSize) implements DeviceBuffer {
    @Override
    public void close() {}
  }

  @Test
  void slicesStayInside() {
    DeviceMemory slice = new Fake(1000, 100).slice(10, 50).slice(5, 20);
    assertEquals(1015, slice.address());
    assertEquals(20, slice.byteSize());
    assertEquals(1000, slice.owner().address());
    assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(1, 20));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(-1, 2));
  }

  @Test
  void launchShapesCoverTheirItems() {
    assertEquals(4, LaunchShape.covering(97, 32).grid().x());
    assertEquals(1, LaunchShape.covering(0, 32).grid().x());
    assertEquals(24, new Extent(2, 3, 4).count());
    assertThrows(IllegalArgumentException.class, () -> LaunchShape.of(0, 1));
    assertThrows(IllegalArgumentException.class, () -> LaunchShape.of(1, 1025));
    assertThrows(IllegalArgumentException.class, () -> LaunchShape.of(1, 1).withDynamicShared(-1));
  }

  @Test
  void argumentsKeepOrderAndSize() {
    KernelArguments arguments =
        KernelArguments.builder()
            .pointer(new Fake(1, 2))
            .nullPointer()
            .i32(3)
            .f32(4f)
            .i64(5)
            .f64(6)
            .build();
    assertEquals(
        java.util.List.of(8, 8, 4, 4, 8, 8),
        arguments.values().stream().map(KernelArguments.Argument::byteSize).toList());
  }

  @Test
  void matrixProductsCheckTheirOperands() {
    MatmulShape shape = MatmulShape.dense(new Size(3, 4, 5), ElementType.BF16, ElementType.F32);
    assertEquals(48, shape.byteSizeOfC());
    assertEquals(30, shape.byteSizeOfA());
    assertEquals(40, shape.byteSizeOfB());
    MatmulShape batched = shape.withBatches(2).withA(shape.a().withBatchStride(0));
    assertEquals(30, batched.byteSizeOfA());
    assertEquals(96, batched.byteSizeOfC());
    MatrixLayout transposed = MatrixLayout.denseTransposed(ElementType.BF16, 5, 4);
    assertEquals(5, transposed.leadingDimension());
    assertThrows(IllegalArgumentException.class, () -> shape.withC(transposed));
    assertThrows(IllegalArgumentException.class, () -> shape.withBatches(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> shape.withB(MatrixLayout.dense(ElementType.F32, 5, 4)));
    assertThrows(
        IllegalArgumentException.class, () -> shape.withA(shape.a().withLeadingDimension(4)));
    assertThrows(IllegalArgumentException.class, () -> new Size(1, 0, 1));
  }

  @Test
  void exceptionsSayWhatToDo() {
    DeviceException e = new DeviceException("cuMemAlloc(8)", "CUDA_ERROR_X", "Try less.");
    assertEquals("cuMemAlloc(8) failed: CUDA_ERROR_X. Try less.", e.getMessage());
    assertThrows(DeviceException.class, () -> Devices.provider("none"));
    assertTrue(new DeviceProperties.ComputeCapability(9, 0).atLeast(8, 9));
  }
}
