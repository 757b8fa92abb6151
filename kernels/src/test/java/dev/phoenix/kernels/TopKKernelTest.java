package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.TopKReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopKKernelTest {
  /** The inputs of a scan; {@code open} has users * entries flags, or as many as entries. */
  private record Case(
      TopKKernel.Size size, float[] users, float[] corpus, boolean @Nullable [] open) {}

  /** What a scan gives. */
  private record Found(int[] indices, float[] scores) {}

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void findsTheBestOfAnySize(String device) {
    Numbers numbers = Numbers.of("top_k");
    try (Workbench bench = Workbench.on(device)) {
      for (ElementType type : ElementType.values()) {
        for (int entries : new int[] {1, 31, 32, 33, 255, 256, 257, 600}) {
          check(bench, exact(numbers, new TopKKernel.Size(1, entries, 16, 10, type)));
        }
        for (int columns : new int[] {1, 7, 31, 32, 33, 65, 128, 200}) {
          check(bench, exact(numbers, new TopKKernel.Size(2, 300, columns, 33, type)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void servesManyUsersAtOnce(String device) {
    Numbers numbers = Numbers.of("top_k users");
    try (Workbench bench = Workbench.on(device)) {
      for (int users : new int[] {2, 15, 16, 17}) {
        check(bench, exact(numbers, new TopKKernel.Size(users, 700, 24, 31, ElementType.BF16)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void findsManyAndMoreThanThereAre(String device) {
    Numbers numbers = Numbers.of("top_k many");
    try (Workbench bench = Workbench.on(device)) {
      for (int k : new int[] {1, 255, 256, 257, 1024, 1025, 2047, 2048}) {
        check(bench, exact(numbers, new TopKKernel.Size(1, 1500, 8, k, ElementType.F32)));
      }
      // Enough for several rounds of the merge.
      for (int k : new int[] {200, 1000}) {
        check(bench, exact(numbers, new TopKKernel.Size(1, 3000, 8, k, ElementType.F32)));
      }
    }
  }

  /**
   * All good entries lie in the tiles that one block scans, so that its list fills up and is cut
   * back to K on the way: in ascending, descending and random order.
   */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void cutsLongListsBack(String device) {
    Numbers numbers = Numbers.of("top_k lists");
    try (Workbench bench = Workbench.on(device)) {
      int tile = 256;
      int slices = 2 * bench.library().device().properties().multiprocessors();
      int[] random = numbers.integers(12 * tile, 0, 1_000_000);
      for (int order = -1; order <= 1; order++) {
        TopKKernel.Size size = new TopKKernel.Size(1, 12 * slices * tile, 1, 200, ElementType.F32);
        float[] corpus = new float[size.entries()];
        for (int i = 0; i < random.length; i++) {
          int score = order == 0 ? random[i] : order * i + random.length;
          corpus[i / tile * slices * tile + i % tile] = 1 + score;
        }
        check(bench, new Case(size, new float[] {1}, corpus, null));
      }
    }
  }

  /** Scores that are not exact: the same sums in the same order, one user at a time or several. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void scoresAUserAlikeWhateverElseIsAsked(String device) {
    Numbers numbers = Numbers.of("top_k users apart");
    try (Workbench bench = Workbench.on(device)) {
      TopKKernel.Size size = new TopKKernel.Size(18, 300, 130, 20, ElementType.F32);
      float[] users = numbers.normal(18 * 130, 1);
      float[] corpus = numbers.normal(300 * 130, 1);
      Found together = run(bench, new Case(size, users, corpus, null));
      TopKKernel.Size one = new TopKKernel.Size(1, 300, 130, 20, ElementType.F32);
      for (int user = 0; user < 18; user++) {
        float[] vector = Arrays.copyOfRange(users, user * 130, (user + 1) * 130);
        Found apart = run(bench, new Case(one, vector, corpus, null));
        int from = user * 20;
        assertArrayEquals(apart.indices(), Arrays.copyOfRange(together.indices(), from, from + 20));
        assertArrayEquals(apart.scores(), Arrays.copyOfRange(together.scores(), from, from + 20));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void breaksTiesByLowerIndex(String device) {
    try (Workbench bench = Workbench.on(device)) {
      TopKKernel.Size size = new TopKKernel.Size(1, 5000, 4, 100, ElementType.BF16);
      float[] corpus = new float[size.entries() * 4];
      check(bench, new Case(size, new float[] {1, 2, 3, 4}, corpus, null));
      for (int i = 0; i < corpus.length; i += 4) {
        corpus[i] = i / 4 % 7;
      }
      check(bench, new Case(size, new float[] {1, 2, 3, 4}, corpus, null));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void passesOverWhatIsMasked(String device) {
    Numbers numbers = Numbers.of("top_k mask");
    try (Workbench bench = Workbench.on(device)) {
      for (int masks : new int[] {1, 3}) {
        TopKKernel.Size size = new TopKKernel.Size(3, 333, 8, 200, ElementType.F32);
        Case whole = exact(numbers, size);
        int[] drawn = numbers.integers(masks * size.entries(), 0, 2);
        boolean[] open = new boolean[drawn.length];
        for (int i = 0; i < open.length; i++) {
          open[i] = drawn[i] == 1;
        }
        check(bench, new Case(size, whole.users(), whole.corpus(), open));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void putsNanLast(String device) {
    try (Workbench bench = Workbench.on(device)) {
      float[] corpus = {1, Float.NaN, Float.NEGATIVE_INFINITY, 3, Float.POSITIVE_INFINITY, -1e13f};
      TopKKernel.Size size = new TopKKernel.Size(1, 6, 1, 8, ElementType.F32);
      boolean[] open = {true, true, true, false, true, true};
      Found found = run(bench, new Case(size, new float[] {1}, corpus, open));
      assertArrayEquals(new int[] {4, 0, 3, 5, 2, 1, -1, -1}, found.indices());
      float inf = Float.POSITIVE_INFINITY;
      assertArrayEquals(
          new float[] {inf, 1, -1e12f, -1e13f, -inf, Float.NaN, -inf, -inf}, found.scores());
    }
  }

  /** Small integers: every sum is exact in float32, so sets and order can be compared exactly. */
  private static Case exact(Numbers numbers, TopKKernel.Size size) {
    return new Case(
        size,
        integers(numbers, size.users() * size.columns()),
        integers(numbers, size.entries() * size.columns()),
        null);
  }

  private static float[] integers(Numbers numbers, int count) {
    int[] drawn = numbers.integers(count, -100, 101);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = drawn[i];
    }
    return values;
  }

  private static void check(Workbench bench, Case given) {
    TopKKernel.Size size = given.size();
    Found found = run(bench, given);
    boolean[] open = given.open();
    for (int user = 0; user < size.users(); user++) {
      boolean[] mask = new boolean[size.entries()];
      Arrays.fill(mask, true);
      if (open != null) {
        int from = open.length == size.entries() ? 0 : user * size.entries();
        System.arraycopy(open, from, mask, 0, mask.length);
      }
      float[] vector =
          Arrays.copyOfRange(given.users(), user * size.columns(), (user + 1) * size.columns());
      TopKReference.Result expected = TopKReference.apply(vector, given.corpus(), mask, size.k());
      int count = expected.indices().length;
      int at = user * size.k();
      String what = size + ", user " + user;
      assertArrayEquals(
          expected.indices(), Arrays.copyOfRange(found.indices(), at, at + count), what);
      assertArrayEquals(
          expected.scores(), Arrays.copyOfRange(found.scores(), at, at + count), what);
      for (int i = count; i < size.k(); i++) {
        assertEquals(-1, found.indices()[at + i], what);
      }
    }
  }

  private static Found run(Workbench bench, Case given) {
    TopKKernel.Size size = given.size();
    TopKKernel kernel = new TopKKernel(bench.library(), size);
    int results = size.users() * size.k();
    DeviceMemory indices = bench.emptyIntegers(results);
    DeviceMemory scores = bench.empty(ElementType.F32, results);
    kernel.launch(
        bench.stream(),
        new TopKKernel.Result(indices, scores),
        bench.floats(given.users()),
        new TopKKernel.Corpus(bench.typed(size.corpusType(), given.corpus()), mask(bench, given)),
        bench.filled(kernel.workspaceBytes()));
    Found found =
        new Found(bench.readIntegers(indices, results), bench.readFloats(scores, results));
    bench.clear();
    return found;
  }

  private static TopKKernel.@Nullable Mask mask(Workbench bench, Case given) {
    boolean[] open = given.open();
    if (open == null) {
      return null;
    }
    int entries = given.size().entries();
    int words = Math.ceilDiv(entries, 32);
    int[] bits = new int[open.length / entries * words];
    for (int i = 0; i < open.length; i++) {
      int entry = i % entries;
      bits[i / entries * words + entry / 32] |= open[i] ? 1 << entry : 0;
    }
    return new TopKKernel.Mask(bench.integers(bits), open.length == entries ? 0 : words);
  }
}
