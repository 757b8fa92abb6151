package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatmulShape.Size;
import dev.phoenix.device.MatrixLayout;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Products of small integers, whose sums are exact in every type and order, so that the tests
 * compare addressing and not rounding.
 */
class CudaMatmulTest {
  private static final float UNTOUCHED = 77;

  private final Random random = new Random(3);
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private @Nullable CudaBench bench;
  private Device device;
  private Stream stream;

  @BeforeEach
  void open() {
    FakeDriver.loadCublas();
    bench = CudaBench.open();
    device = bench.device();
    stream = bench.stream();
  }

  @AfterEach
  void close() {
    if (bench != null) {
      free();
      if (!FakeDriver.isReplaced()) {
        assertEquals(1, FakeDriver.liveInCublas(), "only the handle lives in cuBLASLt");
      }
      bench.close();
      if (!FakeDriver.isReplaced()) {
        assertEquals(0, FakeDriver.liveInCublas(), "the handle is gone");
      }
    }
  }

  private void free() {
    buffers.forEach(DeviceBuffer::close);
    buffers.clear();
  }

  private static final ElementType[][] TYPES = {
    {ElementType.BF16, ElementType.BF16},
    {ElementType.BF16, ElementType.F32},
    {ElementType.F32, ElementType.F32}
  };

  @Test
  void multipliesAwkwardSizesInEveryType() {
    int[] sizes = {1, 31, 32, 33, 65};
    for (ElementType[] types : TYPES) {
      for (int m : sizes) {
        for (int n : new int[] {1, 8, 33}) {
          for (int k : new int[] {1, 7, 64}) {
            compare(MatmulShape.dense(new Size(m, n, k), types[0], types[1]));
          }
        }
      }
    }
  }

  @Test
  void multipliesEveryOrderWithGapsAndBatches() {
    Size size = new Size(17, 24, 16);
    for (ElementType[] types : TYPES) {
      for (int form = 0; form < 16; form++) {
        MatrixLayout a = operand(types[0], size.m(), size.k(), (form & 1) != 0);
        MatrixLayout b = operand(types[0], size.k(), size.n(), (form & 2) != 0);
        MatmulShape shape =
            MatmulShape.dense(size, types[0], types[1])
                .withA(a)
                .withB((form & 8) != 0 ? b.withBatchStride(0) : b)
                .withC(operand(types[1], size.m(), size.n(), false));
        compare((form & 4) != 0 ? shape.withBatches(3) : shape);
      }
    }
  }

  private static MatrixLayout operand(ElementType type, int rows, int columns, boolean transposed) {
    MatrixLayout dense =
        transposed
            ? MatrixLayout.denseTransposed(type, rows, columns)
            : MatrixLayout.dense(type, rows, columns);
    return dense.withLeadingDimension(40).withBatchStride(2048);
  }

  @Test
  void runsInAGraph() {
    MatmulShape shape =
        MatmulShape.dense(new Size(9, 16, 32), ElementType.BF16, ElementType.F32).withBatches(2);
    float[] a = values(shape.byteSizeOfA(), ElementType.BF16);
    float[] b = values(shape.byteSizeOfB(), ElementType.BF16);
    DeviceBuffer onA = put(ElementType.BF16, a);
    DeviceBuffer onB = put(ElementType.BF16, b);
    float[] c = new float[(int) (shape.byteSizeOfC() / Float.BYTES)];
    DeviceBuffer onC = put(ElementType.F32, c);
    try (Matmul matmul = device.planMatmul(shape)) {
      // Run once before the capture: the library loads its kernels on first use.
      matmul.run(stream, onC, onA, onB);
      stream.synchronize();
      stream.beginCapture();
      matmul.run(stream, onC, onA, onB);
      matmul.runAdding(stream, onC, onA, onB);
      try (Graph graph = stream.endCapture()) {
        stream.launch(graph);
        stream.synchronize();
      }
    }
    multiply(shape, c, a, b);
    float[] twice = new float[c.length];
    for (int i = 0; i < c.length; i++) {
      twice[i] = 2 * c[i];
    }
    assertArrayEquals(twice, get(ElementType.F32, onC, c.length));
  }

  private void compare(MatmulShape shape) {
    ElementType in = shape.a().type();
    ElementType out = shape.c().type();
    float[] a = values(shape.byteSizeOfA(), in);
    float[] b = values(shape.byteSizeOfB(), in);
    float[] c = new float[(int) (shape.byteSizeOfC() / out.byteSize())];
    Arrays.fill(c, UNTOUCHED);
    DeviceBuffer onC = put(out, c);
    DeviceBuffer onA = put(in, a);
    DeviceBuffer onB = put(in, b);
    try (Matmul matmul = device.planMatmul(shape)) {
      assertEquals(shape, matmul.shape());
      matmul.run(stream, onC, onA, onB);
      float[] expected = c.clone();
      multiply(shape, expected, a, b);
      assertArrayEquals(expected, get(out, onC, c.length), shape::toString);
      matmul.runAdding(stream, onC, onA, onB);
      add(shape, expected, a, b);
      assertArrayEquals(expected, get(out, onC, c.length), () -> "adding, " + shape);
    }
    free();
  }

  /** Sparse values: sums stay below 256, so that bfloat16 holds twice the sum exactly. */
  private float[] values(long bytes, ElementType type) {
    float[] values = new float[(int) (bytes / type.byteSize())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-1, 2);
    }
    return values;
  }

  private static void multiply(MatmulShape shape, float[] c, float[] a, float[] b) {
    each(shape, (at, sum) -> c[at] = sum, a, b);
  }

  private static void add(MatmulShape shape, float[] c, float[] a, float[] b) {
    each(shape, (at, sum) -> c[at] += sum, a, b);
  }

  private interface Sink {
    void accept(int at, float sum);
  }

  private static void each(MatmulShape shape, Sink sink, float[] a, float[] b) {
    Size size = shape.size();
    for (int batch = 0; batch < shape.batches(); batch++) {
      for (int i = 0; i < size.m(); i++) {
        for (int j = 0; j < size.n(); j++) {
          float sum = 0;
          for (int k = 0; k < size.k(); k++) {
            sum += a[at(shape.a(), batch, i, k)] * b[at(shape.b(), batch, k, j)];
          }
          sink.accept(at(shape.c(), batch, i, j), sum);
        }
      }
    }
  }

  private static int at(MatrixLayout layout, int batch, int row, int column) {
    boolean normal = layout.order() == MatrixLayout.Order.NORMAL;
    long storedRow = normal ? row : column;
    long storedColumn = normal ? column : row;
    return (int)
        (batch * layout.batchStride() + storedRow * layout.leadingDimension() + storedColumn);
  }

  private DeviceBuffer put(ElementType type, float[] values) {
    DeviceBuffer buffer = device.allocate((long) values.length * type.byteSize());
    buffers.add(buffer);
    if (type == ElementType.F32) {
      stream.copyToDevice(buffer, MemorySegment.ofArray(values));
    } else {
      short[] bits = new short[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
      }
      stream.copyToDevice(buffer, MemorySegment.ofArray(bits));
    }
    return buffer;
  }

  private float[] get(ElementType type, DeviceBuffer buffer, int count) {
    float[] values = new float[count];
    if (type == ElementType.F32) {
      stream.copyToHost(MemorySegment.ofArray(values), buffer);
      stream.synchronize();
    } else {
      short[] bits = new short[count];
      stream.copyToHost(MemorySegment.ofArray(bits), buffer);
      stream.synchronize();
      for (int i = 0; i < count; i++) {
        values[i] = Float.intBitsToFloat(bits[i] << 16);
      }
    }
    return values;
  }

  @Test
  void refusesOperandsThatAreTooSmallOrMisaligned() {
    MatmulShape shape = MatmulShape.dense(new Size(4, 8, 8), ElementType.F32, ElementType.F32);
    Matmul matmul = device.planMatmul(shape);
    try (DeviceBuffer large = device.allocate(1024);
        DeviceBuffer small = device.allocate(64)) {
      assertThrows(IllegalArgumentException.class, () -> matmul.run(stream, small, large, large));
      assertThrows(
          IllegalArgumentException.class,
          () -> matmul.run(stream, large, large.slice(8, 1000), large));
      matmul.close();
      matmul.close();
      assertThrows(IllegalStateException.class, () -> matmul.run(stream, large, large, large));
    }
  }

  @Test
  void saysThatThereIsNoProductOfTheseTypes() {
    MatmulShape shape = MatmulShape.dense(new Size(4, 8, 8), ElementType.F32, ElementType.BF16);
    var refused = assertThrows(DeviceException.class, () -> device.planMatmul(shape));
    assertTrue(refused.call().startsWith("planning "), refused.call());
    assertTrue(refused.hint().contains("float32 in goes to float32"), refused.hint());
    assertEquals(0, device.liveBytes());
  }
}
