package dev.phoenix.ops.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Seeds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the device commands of a copy of kept histories. */
class KeptHistoryWorkTest {
  private static final int LAYERS = 3;
  private static final HeadShape SHAPE = new HeadShape(4, 2, 32, 1);
  private static final int HEADS = 2 * SHAPE.keyValueHeads();

  private final Random random = Seeds.random("copies of kept histories");
  private final Queue<String> launched = new ConcurrentLinkedQueue<>();
  private final Scope scope = Scope.create("kept histories");
  private GpuOps ops;
  private GpuOps lane;

  @BeforeEach
  void open() {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    EmulatedDevice device = EmulatedDevice.create(EmulatorOptions.strict());
    device.onLaunch(counts -> launched.add(counts.kernel()));
    ops = GpuOps.create("emulated", device, KernelLibrary.Form.PTX);
    lane = (GpuOps) ops.lane();
  }

  @AfterEach
  void close() {
    scope.close();
    if (ops != null) {
      lane.close();
      ops.close();
    }
  }

  /** Stores random histories of {@code lengths}. */
  private KeyValues kept(int... lengths) {
    KeyValues kept = ops.keyValues(scope, LAYERS, SHAPE);
    for (int length : lengths) {
      kept.history().beginRequest();
      for (int row = 0; row < length; row++) {
        kept.history().addRow(row);
      }
    }
    int rows = kept.history().rows();
    int columns = 2 * SHAPE.keyColumns();
    for (int layer = 0; layer < LAYERS; layer++) {
      Tensor fused = ops.activation(scope, "keys and values", new Shape(rows, columns));
      float[] values = new float[rows * columns];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      fused.set(values);
      fused.useRows(rows);
      ops.keep(kept, layer, fused);
    }
    ops.parts().engine().run();
    return kept;
  }

  /** The bits of a request in a layer, by head. */
  private static short[] bits(GpuOps reader, KeptHistory history, int layer) {
    GpuKeyValues keyValues = GpuKeyValues.of(history.keyValues());
    MemorySegment all = reader.parts().engine().read(keyValues.kept(layer));
    int size = SHAPE.headSize() * history.length();
    short[] bits = new short[HEADS * size];
    for (int head = 0; head < HEADS; head++) {
      int row = head * keyValues.rows() + keyValues.history().begin(history.request());
      long at = (long) row * SHAPE.headSize() * Short.BYTES;
      MemorySegment.copy(all, ValueLayout.JAVA_SHORT, at, bits, head * size, size);
    }
    return bits;
  }

  private void copyAndCompare(KeyValues to, KeptHistory... from) {
    launched.clear();
    lane.copyHistories(to, List.of(from));
    assertEquals(List.of("gather_key_values"), List.copyOf(launched));
    assertEquals(
        Arrays.stream(from).mapToInt(KeptHistory::length).sum(), to.history().rows(), "rows");
    for (int request = 0; request < from.length; request++) {
      for (int layer = 0; layer < LAYERS; layer++) {
        assertArrayEquals(
            bits(ops, from[request], layer),
            bits(lane, new KeptHistory(to, request), layer),
            "request " + request + ", layer " + layer);
      }
    }
  }

  @Test
  void oneLaunchCopiesHistoriesOfSeveralBatchesOfAnotherLane() {
    KeyValues two = kept(5, 33);
    KeyValues alone = kept(16);
    KeyValues to = lane.keyValues(scope, LAYERS, SHAPE);
    copyAndCompare(to, new KeptHistory(two, 1), new KeptHistory(alone, 0), new KeptHistory(two, 0));
    copyAndCompare(to, new KeptHistory(alone, 0));
  }

  @Test
  void oneGraphServesWhateverIsCopied() {
    KeyValues to = lane.keyValues(scope, LAYERS, SHAPE);
    copyAndCompare(to, new KeptHistory(kept(30), 0), new KeptHistory(kept(4), 0));
    copyAndCompare(to, new KeptHistory(kept(31), 0), new KeptHistory(kept(2), 0));
    long prepared = lane.graphsPrepared();
    long replays = lane.graphReplays();
    KeyValues another = lane.keyValues(scope, LAYERS, SHAPE);
    copyAndCompare(another, new KeptHistory(kept(7, 29), 1), new KeptHistory(kept(5), 0));
    copyAndCompare(to, new KeptHistory(another, 1), new KeptHistory(kept(2, 18, 3), 1));
    assertEquals(prepared, lane.graphsPrepared(), "lists of work that were no graphs yet");
    assertEquals(replays + 2, lane.graphReplays());
  }

  @Test
  void historiesOfNoRowsTakeNoLaunch() {
    KeyValues nothing = kept(0, 0);
    KeyValues to = lane.keyValues(scope, LAYERS, SHAPE);
    launched.clear();
    lane.copyHistories(to, List.of(new KeptHistory(nothing, 1)));
    assertEquals(List.of(), List.copyOf(launched));
    assertEquals(1, to.history().requests());
    assertEquals(0, to.history().rows());
  }
}
