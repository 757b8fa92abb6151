package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
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

/** The fused scan of a bfloat16 corpus that is made on the device. */
final class TopKBenchmark {
  private static final int CORPUS_SEED = 11;
  private static final int USER_SEED = 12;

  /** Of the copy bandwidth, for as many users as share the scan for free. */
  private static final double GOAL_SHARE = 0.85;

  private static final int GOAL_USERS = 128;

  /** The part of the memory that may be filled. */
  private static final double MOST_OF_MEMORY = 0.8;

  private final Session session;
  private final Device device;
  private final Stream stream;
  private final List<Figure> figures;
  private final List<Map<String, Object>> cases = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  TopKBenchmark(Session session, List<Figure> figures) {
    this.session = session;
    this.figures = figures;
    this.device = session.device().inner();
    this.stream = session.timer().stream();
  }

  /** What was not measured, and why. */
  List<String> leftOut() {
    return leftOut;
  }

  /** What a scan is called, here and by the peers. */
  static String name(Scale.Corpus corpus, int users, int k) {
    return "Top-%d of %,d x %d bfloat16, %d user%s"
        .formatted(k, corpus.entries(), corpus.columns(), users, users == 1 ? "" : "s");
  }

  void run(Budget budget) {
    try (KernelLibrary library = KernelLibrary.create(device, session.form());
        BenchKernels kernels = BenchKernels.load(device)) {
      for (Scale.Corpus corpus : session.scale().corpora()) {
        if (corpus.byteSize() > MOST_OF_MEMORY * device.freeMemoryBytes()) {
          leftOut.add("a corpus of %,d bytes does not fit".formatted(corpus.byteSize()));
        } else if (budget.left().toSeconds() < corpus.byteSize() / 1e9) {
          leftOut.add("no time for a corpus of %,d bytes".formatted(corpus.byteSize()));
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
      for (int k : session.scale().best()) {
        for (int count : session.scale().users()) {
          var size = new TopKKernel.Size(count, corpus.entries(), d, k, ElementType.BF16);
          scan(new TopKKernel(library, size), size, new Operands(memory, queries), expected);
        }
      }
    }
  }

  private record Operands(DeviceMemory corpus, DeviceMemory users) {}

  private void scan(TopKKernel kernel, TopKKernel.Size size, Operands operands, Expected expected) {
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
      record(size, session.timer().cold(launch), check, Arrays.copyOf(found, size.k()));
    }
  }

  private void record(TopKKernel.Size size, Timing timing, String check, int[] first) {
    Scale.Corpus corpus = new Scale.Corpus(size.entries(), size.columns());
    Ceilings ceilings = session.ceilings();
    Work work =
        Work.moving(corpus.byteSize())
            .withTensorFlops(2L * size.users() * size.entries() * size.columns());
    double rate = corpus.byteSize() / timing.medianSeconds();
    Figure figure =
        Figure.of(Part.TOPK, name(corpus, size.users(), size.k()), timing, check)
            .withAmount(corpus.byteSize() / 1e9, "GB")
            .withWork(work, ceilings);
    if (size.users() <= GOAL_USERS) {
      figure =
          figure.withGoal(
              new Figure.Goal("of the copy bandwidth", GOAL_SHARE, rate / ceilings.copyBytes()));
    }
    figures.add(figure);
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("name", figure.name());
    text.put("entries", size.entries());
    text.put("columns", size.columns());
    text.put("unit", HashedValues.of(CORPUS_SEED, 1 / Math.sqrt(size.columns())).unit());
    text.put("users", size.users());
    text.put("k", size.k());
    text.put("first_user", first);
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
                // Falling scores, ties by index; flipped so that signed order is unsigned order.
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
