package dev.phoenix.device.junit.ladder;

import static dev.phoenix.device.junit.UlpAssertions.assertWithinUlp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.device.junit.CudaSource;
import dev.phoenix.device.junit.DeviceArrays;
import dev.phoenix.device.junit.LaunchCounts;
import dev.phoenix.device.junit.OnDevice;
import dev.phoenix.ptx.emulator.InstructionClass;
import dev.phoenix.ptx.emulator.InstructionCounts;
import dev.phoenix.ptx.emulator.InstructionTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Runs every step of each ladder, compares it with plain Java, and prints the instruction counts of
 * the steps in one table. Assertions on the counts check that each step has its intended effect.
 */
class LadderTest {
  private static Map<String, InstructionCounts> print(String ladder, LaunchCounts counts) {
    Map<String, InstructionCounts> steps = new LinkedHashMap<>();
    for (InstructionCounts launch : counts.all()) {
      steps.put(launch.kernel(), launch);
    }
    System.out.println(ladder + System.lineSeparator() + InstructionTable.of(steps));
    return steps;
  }

  private static InstructionCounts step(Map<String, InstructionCounts> steps, int number) {
    return List.copyOf(steps.values()).get(number - 1);
  }

  private static float[] draw(int count, float from, float to, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = from + random.nextFloat() * (to - from);
    }
    return values;
  }

  private static final int WIDTH = 256;

  private static float[] rmsNorm(float[] x, float[] weight, float epsilon) {
    float[] out = new float[x.length];
    for (int start = 0; start < x.length; start += WIDTH) {
      double squares = 0;
      for (int c = 0; c < WIDTH; c++) {
        squares += (double) x[start + c] * x[start + c];
      }
      double scale = 1 / Math.sqrt(squares / WIDTH + epsilon);
      for (int c = 0; c < WIDTH; c++) {
        out[start + c] = (float) (x[start + c] * scale * weight[c]);
      }
    }
    return out;
  }

  @OnDevice
  void rmsNorm(
      DeviceArrays arrays,
      Stream stream,
      LaunchCounts counts,
      @CudaSource("rms_norm.cu") KernelModule module) {
    int rows = 33;
    float[] x = draw(rows * WIDTH, -2, 2, 1);
    float[] weight = draw(WIDTH, 0.5f, 1.5f, 2);
    DeviceBuffer in = arrays.of(x);
    DeviceBuffer weights = arrays.of(weight);
    LaunchShape threadPerRow = LaunchShape.covering(rows, 32);
    LaunchShape warpPerRow = LaunchShape.covering(rows * 32, 128);
    Map<String, LaunchShape> shapes = new LinkedHashMap<>();
    shapes.put("step1_thread_per_row", threadPerRow);
    shapes.put("step2_warp_per_row", warpPerRow);
    shapes.put("step3_row_in_registers", warpPerRow);
    shapes.put("step4_four_per_load", warpPerRow);
    shapes.forEach(
        (step, shape) -> {
          DeviceBuffer out = arrays.allocate((long) x.length * Float.BYTES);
          stream.launch(
              module.kernel(step),
              shape,
              KernelArguments.builder()
                  .pointer(out)
                  .pointer(in)
                  .pointer(weights)
                  .f32(1e-5f)
                  .i32(rows)
                  .build());
          // 256 additions in a row, each off by at most half a unit, then halved by the root.
          assertWithinUlp(64, rmsNorm(x, weight, 1e-5f), arrays.floats(out));
        });
    Map<String, InstructionCounts> steps = print("rms_norm", counts);
    assertTrue(
        step(steps, 2).warps().longest() * 4 < step(steps, 1).warps().longest(),
        "in step 2 a warp works on one row, not on 32");
    long rowBytes = (long) rows * WIDTH * Float.BYTES;
    assertTrue(
        step(steps, 2).bytes().globalRead() - step(steps, 3).bytes().globalRead() == rowBytes,
        "step 3 reads every row once less");
    assertTrue(
        step(steps, 4).of(InstructionClass.GLOBAL) * 4
            <= step(steps, 3).of(InstructionClass.GLOBAL),
        "step 4 needs a quarter of the loads and stores");
  }

  private static final int DIM = 32;

  private static float[] attention(float[] query, float[] key, float[] value) {
    float[] out = new float[query.length];
    int keys = key.length / DIM;
    for (int q = 0; q < query.length / DIM; q++) {
      double[] weights = new double[keys];
      double sum = 0;
      for (int k = 0; k < keys; k++) {
        double score = 0;
        for (int d = 0; d < DIM; d++) {
          score += (double) query[q * DIM + d] * key[k * DIM + d];
        }
        weights[k] = Math.exp(score);
        sum += weights[k];
      }
      for (int d = 0; d < DIM; d++) {
        double result = 0;
        for (int k = 0; k < keys; k++) {
          result += weights[k] / sum * value[k * DIM + d];
        }
        out[q * DIM + d] = (float) result;
      }
    }
    return out;
  }

  @OnDevice
  void attention(
      DeviceArrays arrays,
      Stream stream,
      LaunchCounts counts,
      @CudaSource("attention.cu") KernelModule module) {
    int queries = 17;
    int keys = 45;
    float[] query = draw(queries * DIM, -1, 1, 3);
    float[] key = draw(keys * DIM, -1, 1, 4);
    float[] value = draw(keys * DIM, 0.5f, 1.5f, 5);
    float[] expected = attention(query, key, value);
    DeviceBuffer[] in = {arrays.of(query), arrays.of(key), arrays.of(value)};
    Map<String, LaunchShape> shapes = new LinkedHashMap<>();
    shapes.put("step1_definition", LaunchShape.covering(queries, 32));
    shapes.put("step2_scores_kept", LaunchShape.of(queries, 32));
    shapes.put("step3_one_pass", LaunchShape.of(queries, 32));
    shapes.put("step4_shared_tiles", LaunchShape.of(Math.ceilDiv(queries, 8), 256));
    shapes.forEach(
        (step, shape) -> {
          DeviceBuffer out = arrays.allocate((long) expected.length * Float.BYTES);
          stream.launch(
              module.kernel(step),
              shape,
              KernelArguments.builder()
                  .pointer(out)
                  .pointer(in[0])
                  .pointer(in[1])
                  .pointer(in[2])
                  .i32(queries)
                  .i32(keys)
                  .build());
          // Scores of 32 products are off by some 1e-6, and so are the weights of positive values.
          assertWithinUlp(64, expected, arrays.floats(out));
        });
    Map<String, InstructionCounts> steps = print("attention", counts);
    assertTrue(
        step(steps, 2).warps().longest() * 4 < step(steps, 1).warps().longest(),
        "in step 2 no warp has to compute a score more than once");
    assertTrue(step(steps, 3).bytes().sharedRead() == 0, "step 3 keeps no scores");
    assertTrue(
        step(steps, 4).bytes().globalRead() * 4 < step(steps, 3).bytes().globalRead(),
        "in step 4 eight queries share a read");
  }

  private static final int K = 8;

  @OnDevice
  void topK(
      DeviceArrays arrays,
      Stream stream,
      LaunchCounts counts,
      @CudaSource("top_k.cu") KernelModule module) {
    int rows = 5;
    int width = 2001;
    float[] x = draw(rows * width, -1, 1, 6);
    for (int row = 0; row < rows; row++) {
      x[row * width + 200] = x[row * width + 7]; // equal numbers: the first one counts as larger
      x[row * width + 300] = 2;
      x[row * width + 100] = 2;
    }
    int[] indices = new int[rows * K];
    float[] values = new float[rows * K];
    for (int row = 0; row < rows; row++) {
      int start = row * width;
      List<Integer> order =
          IntStream.range(0, width)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer i) -> -x[start + i]).thenComparing(i -> i))
              .toList();
      for (int k = 0; k < K; k++) {
        indices[row * K + k] = order.get(k);
        values[row * K + k] = x[start + order.get(k)];
      }
    }
    DeviceBuffer in = arrays.of(x);
    Map<String, LaunchShape> shapes = new LinkedHashMap<>();
    shapes.put("step1_k_passes", LaunchShape.covering(rows, 32));
    shapes.put("step2_sorted_list", LaunchShape.covering(rows, 32));
    shapes.put("step3_warp_per_row", LaunchShape.of(rows, 32));
    shapes.put("step4_one_list_and_votes", LaunchShape.of(rows, 32));
    shapes.forEach(
        (step, shape) -> {
          DeviceBuffer foundValues = arrays.allocate((long) values.length * Float.BYTES);
          DeviceBuffer foundIndices = arrays.allocate((long) indices.length * Integer.BYTES);
          stream.launch(
              module.kernel(step),
              shape,
              KernelArguments.builder()
                  .pointer(foundValues)
                  .pointer(foundIndices)
                  .pointer(in)
                  .i32(width)
                  .i32(rows)
                  .build());
          assertArrayEquals(indices, arrays.ints(foundIndices), step);
          assertWithinUlp(0, values, arrays.floats(foundValues));
        });
    Map<String, InstructionCounts> steps = print("top_k", counts);
    long rowBytes = (long) rows * width * Float.BYTES;
    assertTrue(
        step(steps, 1).bytes().globalRead() == K * rowBytes
            && step(steps, 2).bytes().globalRead() == rowBytes,
        "step 2 reads the rows once, step 1 eight times");
    assertTrue(step(steps, 3).of(InstructionClass.WARP) > 0, "step 3 merges with shuffles");
    assertTrue(
        step(steps, 4).warps().longest() * 3 < step(steps, 3).warps().longest() * 2,
        "step 4 drops most by votes");
  }
}
