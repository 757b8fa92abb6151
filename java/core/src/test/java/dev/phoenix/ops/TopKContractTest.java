package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.TopKReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the scan for the K best entries. With small integers, every score is exact and ties are
 * common.
 */
@ParameterizedClass
@EnumSource(Backend.class)
class TopKContractTest {
  private final Workbench bench;
  private final Arena arena = Arena.ofShared();

  TopKContractTest(Backend backend) {
    bench = new Workbench(backend, "top k");
  }

  @AfterEach
  void closeBench() {
    bench.close();
    arena.close();
  }

  private CorpusIndex index(float[] corpus, Shape shape, Precision held) {
    MemorySegment rows = arena.allocate(4L * corpus.length, 64);
    MemorySegment.copy(corpus, 0, rows, ValueLayout.JAVA_FLOAT, 0, corpus.length);
    return bench.ops.corpusIndex(bench.scope, rows, shape, held);
  }

  private float[] integers(int count, int bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = bench.random.nextInt(2 * bound + 1) - bound;
    }
    return values;
  }

  private static boolean[] all(int count) {
    boolean[] all = new boolean[count];
    Arrays.fill(all, true);
    return all;
  }

  private void assertLikeReference(
      float[] users, float[] corpus, Shape shape, boolean @Nullable [] mask, int k) {
    int count = users.length / shape.columns();
    boolean[] seen = mask == null ? all(shape.rows()) : mask;
    for (Precision held : Precision.values()) {
      TopKQuery query =
          mask == null
              ? TopKQuery.unmasked(users, count, k)
              : new TopKQuery(users, count, TopKQuery.maskOf(mask), k);
      TopK found = bench.ops.topK(index(corpus, shape, held), query);
      assertEquals(Math.min(k, shape.rows()), found.k());
      assertEquals(count, found.users());
      for (int user = 0; user < count; user++) {
        float[] vector =
            Arrays.copyOfRange(users, user * shape.columns(), (user + 1) * shape.columns());
        TopKReference.Result expected = TopKReference.apply(vector, corpus, seen, k);
        int from = user * found.k();
        String what = "%s held as %s, user %d, k %d".formatted(shape, held.label(), user, k);
        assertArrayEquals(
            expected.indices(),
            Arrays.copyOfRange(found.indices(), from, from + found.k()),
            () -> what + "; " + Seeds.replay());
        Closeness.assertSame(
            what, expected.scores(), Arrays.copyOfRange(found.scores(), from, from + found.k()));
      }
    }
  }

  @Test
  void findsTheBestAtEverySizeOfCorpusAndVector() {
    for (int columns : Workbench.SIZES) {
      for (int entries : new int[] {0, 1, 2, 3, 4, 5, 31, 33, 65, 130}) {
        Shape shape = new Shape(entries, columns);
        float[] corpus = integers(entries * columns, 2);
        float[] users = integers(3 * columns, 2);
        for (int k : new int[] {0, 1, 7, entries, entries + 1}) {
          assertLikeReference(users, corpus, shape, null, k);
        }
      }
    }
  }

  @Test
  void findsTheBestAmongManyBlocks() {
    Shape shape = new Shape(5003, 17);
    float[] corpus = integers(5003 * 17, 3);
    assertLikeReference(integers(2 * 17, 3), corpus, shape, null, 100);
  }

  @Test
  void equalScoresComeInTheOrderOfTheCorpus() {
    float[] corpus = new float[4999 * 3];
    Arrays.fill(corpus, 1f);
    assertLikeReference(new float[] {1, 1, 1, 0, -0f, 0}, corpus, new Shape(4999, 3), null, 40);
  }

  @Test
  void zerosOfEitherSignTie() {
    float[] corpus = {-0f, 0f, -0f, 0f, 1f, -1f};
    assertLikeReference(new float[] {1f, -1f}, corpus, new Shape(6, 1), null, 5);
  }

  @Test
  void maskedEntriesComeLastWithTheMaskedScore() {
    boolean[] mask = new boolean[131];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 3 == 0;
    }
    float[] corpus = integers(131 * 5, 2);
    float[] users = integers(2 * 5, 2);
    assertLikeReference(users, corpus, new Shape(131, 5), mask, 20);
    assertLikeReference(users, corpus, new Shape(131, 5), mask, 131);
    assertLikeReference(users, corpus, new Shape(131, 5), new boolean[131], 3);
  }

  /** Each user has other hidden entries; the result equals that of a separate mask per user. */
  @Test
  void everyUserMayBeKeptFromOtherEntries() {
    Shape shape = new Shape(1500, 4);
    float[] corpus = integers(1500 * 4, 3);
    corpus[4 * 77] = Float.NaN;
    corpus[4 * 78] = Float.NEGATIVE_INFINITY;
    float[] users = {1, -1, 1, 0, 2, 1, 0, 1, 1, 1, 1, -2, 1, 0, 1, 1};
    int[][] hidden = {
      {},
      bench.random.ints(40, 0, 1500).sorted().distinct().toArray(),
      bench.random.ints(1100, 0, 1500).sorted().distinct().toArray(),
      IntStream.range(0, 1495).toArray()
    };
    boolean[] some = new boolean[1500];
    for (int i = 0; i < some.length; i++) {
      some[i] = i % 5 != 0;
    }
    for (boolean[] mask : new boolean[][] {all(1500), some}) {
      for (int k : new int[] {1, 60, 1500}) {
        TopKQuery query = new TopKQuery(users, 4, TopKQuery.maskOf(mask), k, hidden);
        for (Precision held : Precision.values()) {
          TopK found = bench.ops.topK(index(corpus, shape, held), query);
          assertEquals(k, found.k());
          for (int user = 0; user < 4; user++) {
            boolean[] own = mask.clone();
            for (int entry : hidden[user]) {
              own[entry] = false;
            }
            TopKReference.Result expected =
                TopKReference.apply(
                    Arrays.copyOfRange(users, 4 * user, 4 * user + 4), corpus, own, k);
            String what = "user %d, k %d, held as %s".formatted(user, k, held.label());
            assertArrayEquals(
                expected.indices(),
                Arrays.copyOfRange(found.indices(), user * k, (user + 1) * k),
                () -> what + "; " + Seeds.replay());
            Closeness.assertSame(
                what,
                expected.scores(),
                Arrays.copyOfRange(found.scores(), user * k, (user + 1) * k));
          }
        }
      }
    }
  }

  @Test
  void hiddenEntriesOfEveryUserOrOfNoneAreGiven() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TopKQuery(new float[4], 2, null, 1, new int[][] {{0}}));
  }

  @Test
  void wholeBlocksAndWordsOfTheMaskMayBeHidden() {
    Shape shape = new Shape(4500, 4);
    boolean[] mask = new boolean[4500];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i < 1000 ? i % 67 != 0 : i >= 4096 && (i < 4160 || i % 2 == 0);
    }
    float[] corpus = integers(4500 * 4, 2);
    assertLikeReference(integers(2 * 4, 2), corpus, shape, mask, 50);
    Arrays.fill(mask, false);
    mask[4499] = true;
    assertLikeReference(integers(2 * 4, 2), corpus, shape, mask, 3);
  }

  @Test
  void changedRowsAreSeenOnceTheyAreReread() {
    Shape shape = new Shape(100, 3);
    for (Precision held : Precision.values()) {
      MemorySegment rows = arena.allocate(4L * 100 * 3, 64);
      CorpusIndex index = bench.ops.corpusIndex(bench.scope, rows, shape, held);
      float[] changed = integers(40 * 3, 3);
      MemorySegment.copy(changed, 0, rows, ValueLayout.JAVA_FLOAT, 4L * 50 * 3, changed.length);
      bench.ops.rereadRows(index, 50, 40);
      float[] corpus = rows.toArray(ValueLayout.JAVA_FLOAT);
      float[] user = integers(3, 3);
      TopK found = bench.ops.topK(index, TopKQuery.unmasked(user, 1, 100));
      TopKReference.Result expected = TopKReference.apply(user, corpus, all(100), 100);
      assertArrayEquals(expected.indices(), found.indices(), Seeds::replay);
      Closeness.assertSame("reread, held as " + held.label(), expected.scores(), found.scores());
      assertThrows(IndexOutOfBoundsException.class, () -> bench.ops.rereadRows(index, 90, 11));
    }
  }

  @Test
  void infiniteScoresAreOrderedAndNanComesLast() {
    float[] corpus = {
      1f, Float.NaN, Float.POSITIVE_INFINITY, -2f, Float.NEGATIVE_INFINITY, 3f, Float.NaN, 1e38f
    };
    for (int k = 1; k <= 8; k++) {
      assertLikeReference(new float[] {1f, -1f, 0.5f}, corpus, new Shape(8, 1), null, k);
    }
  }

  @Test
  void noUsersHaveNoResults() {
    TopK found =
        bench.ops.topK(
            index(new float[6], new Shape(3, 2), Precision.FLOAT32),
            TopKQuery.unmasked(new float[0], 0, 2));
    assertEquals(0, found.indices().length);
  }

  /**
   * A score of n terms has an error of at most n roundings of the sum of their magnitudes, which is
   * at most |u| |c|.
   */
  @Test
  void scoresOfRealVectorsAreWithinTheirRounding() {
    Shape shape = new Shape(700, 33);
    float[] corpus = new float[700 * 33];
    float[] user = new float[33];
    for (int i = 0; i < corpus.length; i++) {
      corpus[i] = (float) bench.random.nextGaussian() / 6;
    }
    for (int d = 0; d < 33; d++) {
      user[d] = (float) bench.random.nextGaussian() / 6;
    }
    TopKReference.Result expected = TopKReference.apply(user, corpus, all(700), 50);
    for (Precision held : Precision.values()) {
      TopK found = bench.ops.topK(index(corpus, shape, held), TopKQuery.unmasked(user, 1, 50));
      Closeness.assertWithin(
          "scores held as " + held.label(),
          expected.scores(),
          found.scores(),
          i -> 35 * Closeness.FLOAT_ROUNDING * 4);
    }
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    CorpusIndex index = index(new float[12], new Shape(6, 2), Precision.FLOAT32);
    assertThrows(
        IllegalArgumentException.class,
        () -> bench.ops.topK(index, TopKQuery.unmasked(new float[3], 1, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> bench.ops.topK(index, new TopKQuery(new float[2], 1, new long[0], 1)));
    assertThrows(IllegalArgumentException.class, () -> TopKQuery.unmasked(new float[2], 1, -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> index(new float[11], new Shape(6, 2), Precision.FLOAT32));
  }
}
