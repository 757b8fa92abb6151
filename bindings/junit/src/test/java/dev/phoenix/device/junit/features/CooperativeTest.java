package dev.phoenix.device.junit.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.ptx.emulator.EmulatorFault;
import dev.phoenix.ptx.emulator.EmulatorFault.Kind;
import java.util.Arrays;
import java.util.Random;

/** Cooperative launches, pipelines, groups of threads, atomic references and locks. */
class CooperativeTest {
  private static final int THREADS = 128;
  private static final String NO_INIT_WARNING = "-diag-suppress=20054";

  private static void gridSum(
      DeviceArrays arrays, Stream stream, Kernel kernel, int[] in, DeviceBuffer out) {
    int blocks = in.length / 64;
    stream.launch(
        kernel,
        LaunchShape.of(blocks, 64).cooperative(),
        KernelArguments.builder()
            .pointer(arrays.allocate((long) blocks * Integer.BYTES))
            .pointer(out)
            .pointer(arrays.of(in))
            .build());
  }

  @OnDevice("both")
  void blocksMeetAtAGridBarrier(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "grid.cu", kernel = "grid_sum") Kernel kernel) {
    int blocks = 7;
    int[] in = new Random(1).ints(blocks * 64L, -100, 100).toArray();
    int[] expected = new int[blocks];
    Arrays.fill(expected, Arrays.stream(in).sum());
    expected[0]++;
    DeviceBuffer out = arrays.allocate((long) blocks * Integer.BYTES);
    gridSum(arrays, stream, kernel, in, out);
    assertArrayEquals(expected, arrays.ints(out));
  }

  @OnDevice
  void aBlockThatLeavesBeforeTheGridBarrierIsADeadlock(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "grid.cu", kernel = "leaves_early") Kernel kernel) {
    KernelArguments arguments =
        KernelArguments.builder().pointer(arrays.allocate(3 * Integer.BYTES)).build();
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class,
            () -> stream.launch(kernel, LaunchShape.of(3, 32).cooperative(), arguments));
    assertEquals(Kind.DEADLOCK, fault.kind(), fault.getMessage());
    assertTrue(fault.hint().contains("at a grid barrier"), fault.getMessage());
    assertTrue(fault.hint().contains("block (2,0,0) ended without it"), fault.getMessage());
    assertTrue(fault.hint().contains("of 3 blocks, 2 wait"), fault.getMessage());
  }

  @OnDevice
  void aGridBarrierNeedsACooperativeLaunch(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "grid.cu", kernel = "leaves_early") Kernel kernel) {
    KernelArguments arguments =
        KernelArguments.builder().pointer(arrays.allocate(3 * Integer.BYTES)).build();
    EmulatorFault fault =
        assertThrows(
            EmulatorFault.class, () -> stream.launch(kernel, LaunchShape.of(3, 32), arguments));
    assertEquals(Kind.TRAP, fault.kind(), fault.getMessage());
    assertTrue(fault.hint().contains("needs a cooperative launch"), fault.getMessage());
  }

  @OnDevice("both")
  void aGridThatDoesNotFitIsRefused(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "grid.cu", kernel = "grid_sum") Kernel kernel) {
    DeviceException error =
        assertThrows(
            DeviceException.class,
            () ->
                stream.launch(
                    kernel,
                    LaunchShape.of(1 << 20, 1024).cooperative(),
                    KernelArguments.builder()
                        .pointer(arrays.allocate(4))
                        .pointer(arrays.allocate(4))
                        .pointer(arrays.allocate(4))
                        .build()));
    assertTrue(error.error().contains("COOPERATIVE_LAUNCH_TOO_LARGE"), error.getMessage());
  }

  @OnDevice("both")
  void warpsTakeALockInTurn(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "grid.cu", kernel = "spin_lock") Kernel kernel) {
    DeviceBuffer out = arrays.allocate(Integer.BYTES);
    stream.launch(
        kernel, LaunchShape.of(1, THREADS), KernelArguments.builder().pointer(out).i32(20).build());
    assertArrayEquals(new int[] {4 * 20}, arrays.ints(out));
  }

  @OnDevice("both")
  void aPipelineOfTwoStages(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "pipeline.cu", kernel = "stages", options = NO_INIT_WARNING)
          Kernel kernel) {
    int tiles = 6;
    int[] in = new Random(2).ints((long) tiles * THREADS, -1000, 1000).toArray();
    int[] expected = new int[THREADS];
    for (int i = 0; i < THREADS; i++) {
      for (int tile = 0; tile < tiles; tile++) {
        expected[i] += in[tile * THREADS + (i * 5 + 1) % THREADS];
      }
    }
    DeviceBuffer out = arrays.allocate(THREADS * Integer.BYTES);
    stream.launch(
        kernel,
        LaunchShape.of(1, THREADS),
        KernelArguments.builder().pointer(out).pointer(arrays.of(in)).i32(tiles).build());
    assertArrayEquals(expected, arrays.ints(out));
  }

  @OnDevice("both")
  void aPipelineOfOneThread(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "pipeline.cu", kernel = "own_stage", options = NO_INIT_WARNING)
          Kernel kernel) {
    int[] in = new Random(3).ints(THREADS, -1000, 1000).toArray();
    DeviceBuffer out = arrays.allocate(THREADS * Integer.BYTES);
    stream.launch(
        kernel,
        LaunchShape.of(1, THREADS),
        KernelArguments.builder().pointer(out).pointer(arrays.of(in)).build());
    assertArrayEquals(Arrays.stream(in).map(v -> 2 * v).toArray(), arrays.ints(out));
  }

  @OnDevice("both")
  void groupsOfThreadsAndAtomicReferences(
      DeviceArrays arrays,
      Stream stream,
      @CudaSource(value = "pipeline.cu", kernel = "groups", options = NO_INIT_WARNING)
          Kernel kernel) {
    int[] in = new Random(4).ints(64, 0, 100).toArray();
    int[] expected = new int[64];
    for (int i = 0; i < 64; i++) {
      int warp = i / 32 * 32;
      int[] eight = Arrays.copyOfRange(in, i / 8 * 8, i / 8 * 8 + 8);
      expected[i] = Arrays.stream(eight).sum() + Arrays.stream(eight).max().orElseThrow();
      if (in[i] % 3 == 0) {
        int rank = (int) Arrays.stream(in, warp, i).filter(v -> v % 3 == 0).count();
        int size = (int) Arrays.stream(in, warp, warp + 32).filter(v -> v % 3 == 0).count();
        expected[i] += 1000 * rank + 100_000 * size;
      }
    }
    DeviceBuffer out = arrays.allocate(64 * Integer.BYTES);
    DeviceBuffer totals = arrays.of(0, 0);
    stream.launch(
        kernel,
        LaunchShape.of(1, 64),
        KernelArguments.builder().pointer(out).pointer(arrays.of(in)).pointer(totals).build());
    assertArrayEquals(expected, arrays.ints(out));
    int[] sumAndPeak = {Arrays.stream(in).sum(), Arrays.stream(in).max().orElseThrow()};
    assertArrayEquals(sumAndPeak, arrays.ints(totals));
  }
}
