package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scan of a bfloat16 corpus must give the results of the float32 scan for any values. */
class RoundedCorpusTest {
  private final Random random = Seeds.random("rounded corpus");

  private void assertSameAsFloat32(float[] users, float[] corpus, int columns, int k) {
    Shape shape = new Shape(corpus.length / columns, columns);
    int count = users.length / columns;
    try (Scope scope = Scope.create("test");
        Arena arena = Arena.ofShared()) {
      MemorySegment rows = arena.allocate(4L * corpus.length, 4);
      MemorySegment.copy(corpus, 0, rows, ValueLayout.JAVA_FLOAT, 0, corpus.length);
      for (int threads = 1; threads <= 2; threads++) {
        try (CpuOps ops = CpuOps.create(Precision.FLOAT32, threads)) {
          CorpusIndex exact = ops.corpusIndex(scope, rows, shape, Precision.FLOAT32);
          CorpusIndex rounded = ops.corpusIndex(scope, rows, shape, Precision.BFLOAT16);
          assertEquals(Precision.BFLOAT16, rounded.held());
          TopKQuery query = TopKQuery.unmasked(users, count, k);
          TopK expected = ops.topK(exact, query);
          TopK found = ops.topK(rounded, query);
          assertArrayEquals(expected.indices(), found.indices(), Seeds.replay());
          Closeness.assertSame("scores", expected.scores(), found.scores());
        }
      }
    }
  }

  private float[] gaussians(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 65, 128})
  void randomVectorsAtEveryWidth(int columns) {
    assertSameAsFloat32(gaussians(3 * columns, 1), gaussians(4501 * columns, 0.1), columns, 100);
  }

  /**
   * Rows that differ far below the last bit of a bfloat16, so that all rounded scores are equal.
   */
  @Test
  void nearTiesThatRoundingHides() {
    int columns = 33;
    float[] base = gaussians(columns, 1);
    float[] corpus = new float[3000 * columns];
    for (int i = 0; i < corpus.length; i++) {
      corpus[i] = base[i % columns] * (1 + random.nextInt(64) * 0x1p-23f);
    }
    assertSameAsFloat32(gaussians(2 * columns, 1), corpus, columns, 50);
  }

  /** For half of the rows, every rounding error has the opposite sign of the user's element. */
  @Test
  void roundingErrorsThatAllPointOneWay() {
    int columns = 64;
    float[] user = new float[columns];
    Arrays.fill(user, 1f);
    float[] corpus = new float[4000 * columns];
    for (int i = 0; i < corpus.length; i++) {
      boolean down = i / columns % 2 == 0;
      corpus[i] = down ? 0x1.00fffep0f : 0x1.010002p0f - (i / columns % 7) * 0x1p-22f;
    }
    assertSameAsFloat32(user, corpus, columns, 200);
  }

  /** Squares of small values underflow in float32, so a bound computed from them would be zero. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-20, 1e-25, 1e-38, 1e-41, 1e15, 1e30})
  void tinyAndHugeCorporaAndUsers(double scale) {
    int columns = 17;
    float[] base = gaussians(columns, 1);
    float[] corpus = new float[2500 * columns];
    for (int i = 0; i < corpus.length; i++) {
      corpus[i] = (float) (base[i % columns] * (1 + random.nextGaussian() * 0x1p-9) * scale);
    }
    assertSameAsFloat32(gaussians(2 * columns, 1), corpus, columns, 60);
    assertSameAsFloat32(gaussians(2 * columns, 1e-6 / scale), corpus, columns, 60);
  }

  @Test
  void nanAndInfiniteValuesAnywhere() {
    int columns = 5;
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE};
    float[] corpus = gaussians(2200 * columns, 1);
    float[] users = gaussians(4 * columns, 1);
    for (int i = 0; i < 40; i++) {
      corpus[random.nextInt(corpus.length)] = odd[i % odd.length];
    }
    assertSameAsFloat32(users, corpus, columns, 30);
    for (int user = 0; user < 4; user++) {
      users[user * columns + user] = odd[user];
    }
    assertSameAsFloat32(users, corpus, columns, 30);
  }

  @Test
  void zeroUsersAndZeroCorpora() {
    assertSameAsFloat32(new float[14], gaussians(300 * 7, 1), 7, 20);
    assertSameAsFloat32(gaussians(14, 1), new float[300 * 7], 7, 20);
    assertSameAsFloat32(gaussians(14, 1), new float[0], 7, 20);
  }
}
