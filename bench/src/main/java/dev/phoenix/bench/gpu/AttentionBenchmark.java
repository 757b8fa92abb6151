package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Goal;
import dev.phoenix.bench.report.Timing;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.HistoryAttentionKernel;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.check.Work;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Times history attention at the production shape, the dominant kernel of the large model. */
final class AttentionBenchmark {
  private static final int SEED = 500;
  private static final int CHECKED_ROWS = 64;
  private static final double CAP = 30;
  private static final double GOAL_TERAFLOPS = 250;
  private static final double GOAL_TIMES_PEER = 2;

  /** With the multiplier 1/sqrt(K), queries and keys of deviation 1 give logits of deviation 1. */
  private final AttentionHeads heads;

  private final Session session;
  private final Device device;
  private final Stream stream;
  private final int length;

  /** Numbers of histories; goals apply to the first. */
  private final List<Integer> batches;

  private final HashedValues values = HashedValues.of(SEED, 1);
  private final PartFigures notes;
  private final List<Map<String, Object>> cases = new ArrayList<>();

  AttentionBenchmark(Session session, PartFigures notes) {
    this.session = session;
    this.notes = notes;
    this.device = session.device().inner();
    this.stream = session.timer().stream();
    ModelConfig config = session.scale().production().config();
    this.heads =
        new AttentionHeads(
            config.attention().numQHeads(),
            config.attention().numKvHeads(),
            config.attention().keySize(),
            (float) (1 / Math.sqrt((double) config.attention().keySize())));
    this.length = 1 + config.sequence().historySeqLen();
    this.batches = session.scale().isRehearsal() ? List.of(2) : List.of(16, 1, 64);
  }

  void run(Budget budget) {
    try (KernelLibrary library = KernelLibrary.create(device, session.form());
        BenchKernels kernels = BenchKernels.load(device, session.form())) {
      HistoryAttentionKernel kernel = new HistoryAttentionKernel(library, heads);
      for (int requests : batches) {
        if (budget.left().toSeconds() > 1) {
          measure(kernel, kernels, requests);
        } else {
          notes.leaveOut(name(requests) + ": no time left");
        }
      }
    }
    writeCase();
  }

  private void measure(HistoryAttentionKernel kernel, BenchKernels kernels, int requests) {
    int rows = requests * length;
    int[] offsets = new int[requests + 1];
    for (int i = 0; i <= requests; i++) {
      offsets[i] = i * length;
    }
    try (DeviceBuffer qkv = device.allocate((long) rows * heads.fusedColumns() * Short.BYTES);
        DeviceBuffer out = device.allocate((long) rows * heads.queryColumns() * Short.BYTES);
        DeviceBuffer ends = device.allocate((requests + 1L) * Integer.BYTES)) {
      kernels.fill(stream, qkv, values);
      stream.fill(out, (byte) 0xff);
      stream.copyToDevice(ends, MemorySegment.ofArray(offsets));
      var batch = new HistoryAttentionKernel.Batch(qkv, ends, rows, requests, length);
      Runnable launch = () -> kernel.launch(stream, out, null, batch);
      launch.run();
      String check = check(out, requests);
      record(session.timer().cold(launch), requests, check);
    }
  }

  private String name(int requests) {
    return "%d x %d rows, %d/%d heads of %d, causal, tanh cap"
        .formatted(requests, length, heads.queryHeads(), heads.keyHeads(), heads.headSize());
  }

  private void record(Timing timing, int requests, String check) {
    double seen = (double) length * (length + 1) / 2;
    double flops = 4 * requests * seen * heads.queryColumns();
    long bytes = 2L * requests * length * (heads.fusedColumns() + heads.queryColumns());
    // One tanh and one exponential per visible pair of query and key.
    Work work =
        Work.moving(bytes)
            .withTensorFlops((long) flops)
            .withSpecials((long) (2 * requests * seen * heads.queryHeads()));
    Figure figure =
        Figure.timed(name(requests), timing, check)
            .withAmount(flops / 1e12, "TFLOP")
            .withWork(work, session.ceilings());
    if (requests == batches.getFirst()) {
      double rate = flops / 1e12 / timing.median();
      figure =
          figure
              .withGoal(Goal.atLeast(GOAL_TERAFLOPS, "TFLOP/s", rate))
              .withGoal(Goal.besidePeers(GOAL_TIMES_PEER));
    }
    notes.add(figure);
    cases.add(Map.of("name", name(requests), "requests", requests));
  }

  /** Compares some rows of some heads with the definition in double precision. */
  private String check(DeviceBuffer out, int requests) {
    short[] bits = new short[Math.toIntExact(out.byteSize() / Short.BYTES)];
    stream.copyToHost(MemorySegment.ofArray(bits), out);
    stream.synchronize();
    Random random = new Random(requests);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < CHECKED_ROWS; i++) {
      int request = random.nextInt(requests);
      int row = i == 0 ? length - 1 : random.nextInt(length);
      int head = random.nextInt(heads.queryHeads());
      double[] expected = expected(request, row, head);
      long at = ((long) request * length + row) * heads.queryColumns();
      for (int k = 0; k < heads.headSize(); k++) {
        int index = (int) (at + (long) head * heads.headSize() + k);
        double found = Float.intBitsToFloat(bits[index] << 16);
        difference += Math.pow(found - expected[k], 2);
        size += Math.pow(expected[k], 2);
      }
    }
    double error = Math.sqrt(difference / size);
    // Weights and results are rounded to bfloat16; tanh has an error of 2^-11, times a cap of 30.
    if (!(error <= 0x1p-6)) {
      throw new CheckFailedException(
          "%s: off by %.3g (relative L2) of the definition".formatted(name(requests), error));
    }
    if (requests == 1 || session.scale().isRehearsal()) {
      writeOutput(bits, requests);
    }
    return "within %.1e (relative L2) of the definition on %d rows".formatted(error, CHECKED_ROWS);
  }

  private double[] expected(int request, int row, int head) {
    int k = heads.headSize();
    int keyHead = head / heads.group();
    double[] out = new double[k];
    double sum = 0;
    for (int past = 0; past <= row; past++) {
      double dot = 0;
      for (int d = 0; d < k; d++) {
        dot +=
            (double) element(request, row, head * k + d)
                * element(request, past, heads.queryColumns() + keyHead * k + d);
      }
      double weight = Math.exp(CAP * Math.tanh(dot * heads.multiplier() / CAP));
      sum += weight;
      for (int d = 0; d < k; d++) {
        int column = heads.queryColumns() + (heads.keyHeads() + keyHead) * k + d;
        out[d] += weight * element(request, past, column);
      }
    }
    for (int d = 0; d < k; d++) {
      out[d] /= sum;
    }
    return out;
  }

  private float element(int request, int row, int column) {
    return values.at(((long) request * length + row) * heads.fusedColumns() + column);
  }

  private void writeOutput(short[] bits, int requests) {
    float[] widened = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      widened[i] = Float.intBitsToFloat(bits[i] << 16);
    }
    Path folder = PeerCases.folder(session.peerFolder(), "attention");
    try (NpzWriter writer = NpzWriter.create(folder.resolve("ours.npz"))) {
      writer.write("out", widened, requests, length, heads.queryHeads(), heads.headSize());
      writer.commit();
    }
  }

  private void writeCase() {
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("kind", "attention");
    text.put("length", length);
    text.put("num_heads", heads.queryHeads());
    text.put("num_kv_heads", heads.keyHeads());
    text.put("key_size", heads.headSize());
    text.put("multiplier", heads.multiplier());
    text.put("seed", values.seed());
    text.put("unit", values.unit());
    text.put("tolerance", 0x1p-6);
    text.put("batches", cases);
    PeerCases.write(PeerCases.folder(session.peerFolder(), "attention"), text);
  }
}
