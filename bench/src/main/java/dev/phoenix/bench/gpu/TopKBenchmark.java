package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Ceilings;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Goal;
import dev.phoenix.bench.report.Timing;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.MatrixLayout;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.kernels.check.Work;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Times the fused scan of a bfloat16 corpus that is generated on the device. */
final class TopKBenchmark {
  private static final int CORPUS_SEED = 11;
  private static final int USER_SEED = 12;

  /** The goal as a share of the copy bandwidth, for up to {@link #GOAL_USERS} users. */
  private static final double GOAL_SHARE = 0.85;

  private static final int GOAL_USERS = 128;
  private static final double GOAL_TIMES_PEER = 3;

  /** The largest share of device memory to use. */
  private static final double MAX_MEMORY_SHARE = 0.8;

  private final Session session;
  private final Device device;
  private final Stream stream;
  private final PartFigures notes;
  private final List<Map<String, Object>> cases = new ArrayList<>();

  TopKBenchmark(Session session, PartFigures notes) {
    this.session = session;
    this.notes = notes;
    this.device = session.device().inner();
    this.stream = session.timer().stream();
  }

  /** The name of a scan, also used by the peers. */
  static String name(Scale.Corpus corpus, int users, int k) {
    return "Top-%d of %,d x %d bfloat16, %d user%s"
        .formatted(k, corpus.entries(), corpus.columns(), users, users == 1 ? "" : "s");
  }

  void run(Budget budget) {
    try (KernelLibrary library = KernelLibrary.create(device, session.form());
        BenchKernels kernels = BenchKernels.load(device, session.form())) {
      for (Scale.Corpus corpus : session.scale().corpora()) {
        if (corpus.byteSize() > MAX_MEMORY_SHARE * device.freeMemoryBytes()) {
          notes.leaveOut("a corpus of %,d bytes does not fit".formatted(corpus.byteSize()));
        } else if (budget.left().toSeconds() < corpus.byteSize() / 1e9) {
          notes.leaveOut("no time for a corpus of %,d bytes".formatted(corpus.byteSize()));
        } else {
          measure(library, kernels, corpus);
        }
      }
    }
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("kind", "topk");
    text.put("corpus_seed", CORPUS_SEED);
    text.put("user_seed", USER_SEED);
    text.put("cases", cases);
    PeerCases.write(PeerCases.folder(session.peerFolder(), "topk"), text);
  }

  private void measure(KernelLibrary library, BenchKernels kernels, Scale.Corpus corpus) {
    int most = session.scale().users().getLast();
    int d = corpus.columns();
    HashedValues rows = HashedValues.of(CORPUS_SEED, 1 / Math.sqrt((double) d));
    HashedValues vectors = HashedValues.of(USER_SEED, 1 / Math.sqrt((double) d));
    float[] users = vectors.array(0, most * d);
    try (DeviceBuffer memory = device.allocate(corpus.byteSize());
        DeviceBuffer queries = device.allocate((long) users.length * Float.BYTES)) {
      kernels.fill(stream, memory, rows);
      stream.copyToDevice(queries, MemorySegment.ofArray(users));
      stream.synchronize();
      Expected expected = Expected.of(corpus, rows, users, session.scale().best().getLast());
      try (DeviceBuffer rounded = device.allocate((long) users.length * Short.BYTES)) {
        kernels.fill(stream, rounded, vectors);
        for (int count : session.scale().users()) {
          Timing scores = scores(corpus, count, new Operands(memory, rounded));
          for (int k : session.scale().best()) {
            var size = new TopKKernel.Size(count, corpus.entries(), d, k, ElementType.BF16);
            Operands operands = new Operands(memory, queries);
            Found found = scan(new TopKKernel(library, size), size, operands, expected);
            record(size, found, scores);
          }
        }
      }
    }
  }

  private static String scoresName(Scale.Corpus corpus, int users) {
    return "Scores of %,d x %d bfloat16, %d user%s, by cuBLASLt"
        .formatted(corpus.entries(), corpus.columns(), users, users == 1 ? "" : "s");
  }

  /** The corpus, and users as float32 or bfloat16. */
  private record Operands(DeviceMemory corpus, DeviceMemory users) {}

  /** Times the plain product of users and corpus, which writes every score; null if it fails. */
  private @Nullable Timing scores(Scale.Corpus corpus, int users, Operands operands) {
    int d = corpus.columns();
    MatmulShape shape =
        MatmulShape.dense(
                new MatmulShape.Size(users, corpus.entries(), d),
                ElementType.BF16,
                ElementType.BF16)
            .withB(MatrixLayout.denseTransposed(ElementType.BF16, d, corpus.entries()));
    String name = scoresName(corpus, users);
    try (Matmul plan = device.planMatmul(shape);
        DeviceBuffer out = device.allocate(shape.byteSizeOfC())) {
      DeviceMemory left = operands.users().slice(0, shape.byteSizeOfA());
      Runnable product = () -> plan.run(stream, out, left, operands.corpus());
      product.run();
      String check = checkScores(corpus, out);
      Timing timing = session.timer().cold(product);
      notes.add(
          Figure.timed(name, timing, check)
              .withAmount(corpus.byteSize() / 1e9, "GB")
              .withWork(
                  Work.moving(corpus.byteSize() + shape.byteSizeOfC())
                      .withTensorFlops(2L * users * corpus.entries() * d),
                  session.ceilings()));
      return timing;
    } catch (DeviceException e) {
      notes.leaveOut(name + ": " + e.getMessage());
      return null;
    }
  }

  /** Checks the first and the last score of the first user, which are exact before rounding. */
  private String checkScores(Scale.Corpus corpus, DeviceMemory out) {
    int d = corpus.columns();
    double deviation = 1 / Math.sqrt((double) d);
    HashedValues rows = HashedValues.of(CORPUS_SEED, deviation);
    float[] user = HashedValues.of(USER_SEED, deviation).array(0, d);
    for (int entry : new int[] {0, corpus.entries() - 1}) {
      short[] found = new short[1];
      stream.copyToHost(
          MemorySegment.ofArray(found), out.slice((long) entry * Short.BYTES, Short.BYTES));
      stream.synchronize();
      double expected = 0;
      for (int i = 0; i < d; i++) {
        expected += (double) user[i] * rows.at((long) entry * d + i);
      }
      double difference = Math.abs(Float.intBitsToFloat(found[0] << 16) - expected);
      if (!(difference <= 0x1p-8 * Math.abs(expected) + 0x1p-20)) {
        throw new CheckFailedException(
            "the score of entry %d is off by %.3g".formatted(entry, difference));
      }
    }
    return "scores of the first and the last entry as on the host, rounded";
  }

  /** The time of a scan, the result of its check, and the entries of the first user. */
  private record Found(Timing timing, String check, int[] first) {}

  private Found scan(
      TopKKernel kernel, TopKKernel.Size size, Operands operands, Expected expected) {
    int results = size.users() * size.k();
    try (DeviceBuffer indices = device.allocate((long) results * Integer.BYTES);
        DeviceBuffer scores = device.allocate((long) results * Float.BYTES);
        DeviceBuffer workspace = device.allocate(kernel.workspaceBytes())) {
      stream.fill(indices, (byte) 0xff);
      DeviceMemory users = operands.users().slice(0, (long) size.users() * size.columns() * 4);
      Runnable launch =
          () ->
              kernel.launch(
                  stream,
                  new TopKKernel.Result(indices, scores),
                  users,
                  new TopKKernel.Corpus(operands.corpus(), null),
                  workspace);
      launch.run();
      int[] found = new int[results];
      stream.copyToHost(MemorySegment.ofArray(found), indices);
      stream.synchronize();
      String check = expected.check(size, found);
      return new Found(session.timer().cold(launch), check, Arrays.copyOf(found, size.k()));
    }
  }

  private void record(TopKKernel.Size size, Found found, @Nullable Timing scores) {
    Scale.Corpus corpus = new Scale.Corpus(size.entries(), size.columns());
    Ceilings ceilings = session.ceilings();
    Work work =
        Work.moving(corpus.byteSize())
            .withTensorFlops(2L * size.users() * size.entries() * size.columns());
    double rate = corpus.byteSize() / found.timing().median();
    Figure figure =
        Figure.timed(name(corpus, size.users(), size.k()), found.timing(), found.check())
            .withAmount(corpus.byteSize() / 1e9, "GB")
            .withWork(work, ceilings);
    if (size.users() <= GOAL_USERS) {
      double share = rate / ceilings.copyBytes();
      figure = figure.withGoal(Goal.atLeast(GOAL_SHARE, "of the copy bandwidth", share));
    }
    notes.add(figure.withProducts(scores).withGoal(Goal.besidePeers(GOAL_TIMES_PEER)));
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("name", figure.name());
    text.put("scores", scoresName(corpus, size.users()));
    text.put("entries", size.entries());
    text.put("columns", size.columns());
    text.put("unit", HashedValues.of(CORPUS_SEED, 1 / Math.sqrt(size.columns())).unit());
    text.put("users", size.users());
    text.put("k", size.k());
    text.put("first_user", found.first());
    cases.add(text);
  }

  /**
   * The best entries of the first and the last user of every batch, found on the host. Elements are
   * whole multiples of a unit, so sums of a row's products are exact in float32 and scores can be
   * compared as numbers.
   */
  private record Expected(Map<Integer, int[]> best) {
    static Expected of(Scale.Corpus corpus, HashedValues rows, float[] users, int k) {
      Map<Integer, int[]> best = new LinkedHashMap<>();
      int last = users.length / corpus.columns() - 1;
      for (int user : last == 0 ? new int[] {0} : new int[] {0, last}) {
        int from = user * corpus.columns();
        float[] vector = Arrays.copyOfRange(users, from, from + corpus.columns());
        best.put(user, best(corpus, rows, vector, k));
      }
      return new Expected(best);
    }

    private static int[] best(Scale.Corpus corpus, HashedValues rows, float[] user, int k) {
      long[] keys = new long[corpus.entries()];
      IntStream.range(0, corpus.entries())
          .parallel()
          .forEach(
              entry -> {
                float sum = 0;
                long at = (long) entry * corpus.columns();
                for (int d = 0; d < corpus.columns(); d++) {
                  sum += user[d] * rows.at(at + d);
                }
                int bits = Float.floatToIntBits(sum + 0f);
                int ordered = bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
                // Descending scores, ties by index; the sign is flipped for the signed sort.
                keys[entry] = (long) (~ordered ^ Integer.MIN_VALUE) << 32 | entry;
              });
      Arrays.parallelSort(keys);
      int count = Math.min(k, keys.length);
      return Arrays.stream(keys, 0, count).mapToInt(key -> (int) key).toArray();
    }

    String check(TopKKernel.Size size, int[] found) {
      int checked = 0;
      for (Map.Entry<Integer, int[]> entry : best.entrySet()) {
        int user = entry.getKey();
        if (user < size.users()) {
          checked++;
          for (int i = 0; i < Math.min(size.k(), entry.getValue().length); i++) {
            int index = found[user * size.k() + i];
            if (index != entry.getValue()[i]) {
              throw new CheckFailedException(
                  "top-%d of %,d x %d, user %d, rank %d: entry %d, expected %d"
                      .formatted(
                          size.k(),
                          size.entries(),
                          size.columns(),
                          user,
                          i,
                          index,
                          entry.getValue()[i]));
            }
          }
        }
      }
      return "the host's entries in the host's order, " + checked + " user(s)";
    }
  }
}
