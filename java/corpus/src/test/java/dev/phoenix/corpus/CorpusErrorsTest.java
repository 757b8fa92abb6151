package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a corpus whose threads throw errors such as OutOfMemoryError. */
@Timeout(60)
class CorpusErrorsTest {
  private static final CorpusSettings SETTINGS =
      new CorpusSettings(Durability.SYSTEM, 8, 20, 10_000);

  @TempDir Path folder;

  private LiveCorpus.Place place() {
    return new LiveCorpus.Place("test", folder.resolve("live"), null);
  }

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> Post.of(id, 1)).toList();
  }

  @Test
  void aCompactionWithoutMemoryIsCountedAndTriedAgain() {
    List<CompactionPlan> plans = new ArrayList<>();
    Segment first;
    try (LiveCorpus corpus =
        LiveCorpus.open(
            place(),
            new HashEncoder(4, 3),
            SETTINGS,
            plan -> {
              plans.add(plan);
              if (plans.size() == 1) {
                throw new OutOfMemoryError("no memory for a base");
              }
              return plan.write();
            })) {
      corpus.add(posts(1, 25));
      Await.until("a failure", () -> corpus.statistics().failedCompactions() == 1);
      assertFalse(plans.getFirst().source().tryRetain(), "the state it was to write is let go");
      first = plans.getFirst().source().parts().getFirst().segment();
      corpus.add(posts(25, 60));
      Await.until("a compaction", () -> corpus.statistics().compactions() == 1);
      assertEquals(59, corpus.statistics().posts());
    }
    assertTrue(first.isFree());
    try (LiveCorpus corpus = LiveCorpus.open(place(), new HashEncoder(4, 3), SETTINGS)) {
      assertEquals(59, corpus.statistics().posts());
    }
  }

  @Test
  void anEncoderWithoutMemoryFailsItsRequestAlone() {
    PostEncoder failing =
        new PostEncoder() {
          @Override
          public int dimension() {
            return 1;
          }

          @Override
          public String fingerprint() {
            return "failing";
          }

          @Override
          public void encode(float[] out, long[] postIds, long[] authorIds) {
            if (postIds[0] == 13) {
              throw new OutOfMemoryError("no memory for a vector");
            }
          }
        };
    try (LiveCorpus corpus = LiveCorpus.open(place(), failing, SETTINGS)) {
      CompletionException failed =
          assertThrows(CompletionException.class, () -> corpus.add(posts(13, 14)));
      assertInstanceOf(OutOfMemoryError.class, failed.getCause());
      assertEquals(0, corpus.add(posts(1, 5)));
      assertEquals(4, corpus.statistics().posts());
    }
  }

  @Test
  void nobodyWaitsForAWriterThatHasEnded() {
    ChangeQueue queue = new ChangeQueue(100, new ChangeCodec(4));
    List<ChangeRequest> given = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      given.add(ChangeRequest.of(posts(i, i + 1), List.of()));
      queue.add(given.getLast());
    }
    ChangeRequest meanwhile = ChangeRequest.of(List.of(), List.of(7L));
    OutOfMemoryError thrown =
        assertThrows(
            OutOfMemoryError.class,
            () ->
                queue.serve(
                    turn -> {
                      assertEquals(given, turn.requests());
                      turn.requests().getFirst().done().complete(1);
                      queue.add(meanwhile);
                      throw new OutOfMemoryError("no memory for a turn");
                    }));
    assertEquals("no memory for a turn", thrown.getMessage());
    assertEquals(1, given.getFirst().done().join());
    for (ChangeRequest request : List.of(given.get(1), given.get(2), meanwhile)) {
      CompletionException failed =
          assertThrows(CompletionException.class, () -> request.done().join());
      CorpusException told = assertInstanceOf(CorpusException.class, failed.getCause());
      assertTrue(
          String.valueOf(told.getMessage()).contains("no memory for a turn"), told.getMessage());
    }
    assertThrows(CorpusException.class, () -> queue.add(ChangeRequest.of(posts(1, 2), List.of())));
    assertFalse(queue.doBetween(() -> {}));
  }
}
