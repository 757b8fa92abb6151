package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that a corpus does not make. */
class RefusedChangesTest {
  @TempDir Path folder;

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> Post.of(id, 1)).toList();
  }

  private static CorpusSettings settings(int tailRows, int compactRows) {
    return new CorpusSettings(Durability.SYSTEM, tailRows, compactRows, 100_000);
  }

  @Test
  void aVectorThatIsNotFiniteFailsItsRequestAlone() {
    PostEncoder failing =
        new PostEncoder() {
          @Override
          public int dimension() {
            return 2;
          }

          @Override
          public String fingerprint() {
            return "failing";
          }

          @Override
          public void encode(float[] out, long[] postIds, long[] authorIds) {
            for (int i = 0; i < postIds.length; i++) {
              out[2 * i] = postIds[i] == 13 ? Float.NaN : 1;
            }
          }
        };
    LiveCorpus.Place place = new LiveCorpus.Place("nan", folder.resolve("nan"), null);
    try (LiveCorpus corpus = LiveCorpus.open(place, failing, settings(4, 100))) {
      var good = corpus.change(posts(1, 5), List.of());
      var bad = corpus.change(posts(10, 15), List.of());
      assertEquals(0, good.join());
      assertThrows(CompletionException.class, bad::join);
      assertThrows(CorpusException.class, () -> corpus.add(posts(13, 14)));
      assertEquals(4, corpus.statistics().posts());
    }
  }

  @Test
  void aFullQueueRefuses() {
    CorpusSettings small = new CorpusSettings(Durability.SYSTEM, 4, 100, 10);
    PostEncoder slow =
        new PostEncoder() {
          @Override
          public int dimension() {
            return 1;
          }

          @Override
          public String fingerprint() {
            return "slow";
          }

          @Override
          public void encode(float[] out, long[] postIds, long[] authorIds) {
            LockSupport.parkNanos(20_000_000);
          }
        };
    LiveCorpus.Place place = new LiveCorpus.Place("slow", folder.resolve("slow"), null);
    try (LiveCorpus corpus = LiveCorpus.open(place, slow, small)) {
      assertThrows(
          CorpusBusyException.class,
          () -> {
            for (int i = 0; i < 50; i++) {
              corpus.change(posts(1, 5), List.of());
            }
          });
      assertThrows(
          IllegalArgumentException.class,
          () -> corpus.change(posts(1, LiveCorpus.MOST_CHANGES + 2), List.of()));
    }
  }
}
