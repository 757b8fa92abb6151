package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests changes that a corpus refuses. */
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
      assertThrows(IllegalArgumentException.class, () -> corpus.add(posts(13, 14)));
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
          () -> corpus.change(posts(1, LiveCorpus.MAX_CHANGES + 2), List.of()));
    }
  }

  @Test
  void requestsOfLongVectorsAreWrittenInTurnsThatTheLogTakes() throws InterruptedException {
    int dimension = 2048;
    String topic = "ü".repeat(255);
    ChangeQueue queue = new ChangeQueue(100_000, new ChangeCodec(dimension));
    List<Post> posts = LongStream.range(1, 3001).mapToObj(id -> new Post(id, 1, topic, 0)).toList();
    List<ChangeRequest> requests = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      requests.add(ChangeRequest.of(posts, List.of()));
      queue.add(requests.getLast());
    }
    queue.close();
    List<List<ChangeRequest>> turns = new ArrayList<>();
    queue.serve(turn -> turns.add(turn.requests()));
    assertEquals(
        List.of(requests.subList(0, 2), requests.subList(2, 4), requests.subList(4, 5)), turns);
  }

  @Test
  void moreLongVectorsThanARecordHoldsAreAdded() {
    LiveCorpus.Place place = new LiveCorpus.Place("long", folder.resolve("long"), null);
    try (LiveCorpus corpus =
        LiveCorpus.open(place, new HashEncoder(1 << 20, 3), settings(4, 1000))) {
      assertEquals(15, corpus.mostChanges());
      assertEquals(0, corpus.add(posts(1, 21)));
      assertEquals(20, corpus.statistics().posts());
      assertEquals(2, corpus.statistics().commits());
    }
  }
}
