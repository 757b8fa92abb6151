package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the contents of a corpus after changes, restarts and compactions. */
class LiveCorpusTest {
  private static final HashEncoder ENCODER = new HashEncoder(5, 3);

  @TempDir Path folder;

  private static CorpusSettings settings(int tailRows, int compactRows) {
    return new CorpusSettings(Durability.SYSTEM, tailRows, compactRows, 100_000);
  }

  private LiveCorpus open(CorpusSettings settings) {
    return LiveCorpus.open(place(), ENCODER, settings);
  }

  private LiveCorpus.Place place() {
    Path origin = folder.resolve("origin.npz");
    return new LiveCorpus.Place(
        "test", folder.resolve("live"), Files.exists(origin) ? origin : null);
  }

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(id -> new Post(id, id % 7, "topic " + id % 3, id, id % 2 * 1_700_000_000L))
        .toList();
  }

  static Map<Long, Post> contents(LiveCorpus corpus) {
    return contents(corpus, ENCODER);
  }

  /** The posts of a corpus by id; checks their vectors with {@code encoder}. */
  static Map<Long, Post> contents(LiveCorpus corpus, HashEncoder encoder) {
    try (Snapshot snapshot = corpus.snapshot()) {
      Map<Long, Post> posts = new LinkedHashMap<>();
      List<SegmentSet.Part> parts = snapshot.parts();
      for (int i = 0; i < parts.size(); i++) {
        SegmentSet.Part part = parts.get(i);
        for (int row = 0; row < part.rows(); row++) {
          if (part.isLive(row)) {
            int position = snapshot.position(i, row);
            Post post =
                new Post(
                    snapshot.postId(position),
                    snapshot.authorId(position),
                    snapshot.topic(position),
                    snapshot.attributes(position),
                    snapshot.created(position));
            assertTrue(posts.put(post.id(), post) == null, "a post stands in a corpus once");
            assertArrayEquals(
                encoder.vector(post.id(), post.authorId()), vector(part.segment(), row));
          }
        }
      }
      assertEquals(posts.size(), snapshot.size());
      return posts;
    }
  }

  private static float[] vector(Segment segment, int row) {
    float[] vector = new float[ENCODER.dimension()];
    for (int d = 0; d < vector.length; d++) {
      vector[d] =
          segment.vectors().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (row * vector.length + d));
    }
    return vector;
  }

  @Test
  void aPostIsThereOnceAddReturns() {
    try (LiveCorpus corpus = open(settings(4, 1000))) {
      assertEquals(Map.of(), contents(corpus));
      assertEquals(0, corpus.add(posts(1, 10)));
      assertEquals(posts(1, 10), List.copyOf(contents(corpus).values()));
      Post replaced = new Post(3, 99, "other", -1);
      assertEquals(1, corpus.add(List.of(replaced)));
      assertEquals(replaced, contents(corpus).get(3L));
      assertEquals(2, corpus.remove(List.of(1L, 3L, 77L)));
      assertEquals(List.of(2L, 4L, 5L, 6L, 7L, 8L, 9L), List.copyOf(contents(corpus).keySet()));
      assertEquals(7, corpus.statistics().posts());
    }
  }

  @Test
  void aSnapshotStaysAsItWas() {
    CorpusFiles.write(folder.resolve("origin.npz"), ENCODER, posts(1, 6));
    LiveCorpus corpus = open(settings(4, 1000));
    Snapshot before = corpus.snapshot();
    corpus.remove(List.of(2L));
    corpus.add(posts(3, 9));
    assertEquals(5, before.size());
    assertTrue(before.parts().getFirst().isLive(1));
    assertEquals(2, before.postId(1));
    try (Snapshot after = corpus.snapshot()) {
      assertEquals(7, after.size());
      assertTrue(after.version() > before.version());
    }
    corpus.close();
    assertEquals(2, before.postId(1), "memory outlives the corpus while a snapshot is open");
    Segment segment = before.parts().getFirst().segment();
    before.close();
    before.close();
    assertTrue(segment.isFree());
    assertThrows(IllegalStateException.class, () -> before.postId(1));
    assertThrows(IllegalStateException.class, corpus::snapshot);
    assertThrows(IllegalStateException.class, () -> corpus.add(posts(1, 2)));
  }

  @Test
  void snapshotsThatCannotBeJoinedStayTheirOwners() {
    LiveCorpus corpus = open(settings(4, 1000));
    corpus.add(posts(1, 6));
    Snapshot held = corpus.snapshot();
    Snapshot closed = corpus.snapshot();
    closed.close();
    assertThrows(IllegalStateException.class, () -> Snapshot.join(List.of(held, closed)));
    assertEquals(5, held.size());
    Segment segment = held.parts().getFirst().segment();
    corpus.close();
    assertFalse(segment.isFree());
    held.close();
    assertTrue(segment.isFree(), "nothing else holds the memory");
  }

  @Test
  void everythingIsThereAfterARestart() {
    CorpusFiles.write(folder.resolve("origin.npz"), ENCODER, posts(1, 50));
    Map<Long, Post> expected;
    try (LiveCorpus corpus = open(settings(8, 1000))) {
      corpus.add(posts(40, 70));
      corpus.remove(List.of(1L, 45L, 69L));
      expected = contents(corpus);
    }
    for (int i = 0; i < 2; i++) {
      try (LiveCorpus corpus = open(settings(8, 1000))) {
        assertEquals(expected, contents(corpus));
      }
    }
  }

  @Test
  void randomChangesAreThoseOfAMap() throws InterruptedException {
    CorpusFiles.write(folder.resolve("origin.npz"), ENCODER, posts(1, 40));
    Random random = Seeds.random("live corpus");
    Map<Long, Post> expected = new LinkedHashMap<>();
    posts(1, 40).forEach(post -> expected.put(post.id(), post));
    long compactions = 0;
    for (int restart = 0; restart < 5; restart++) {
      try (LiveCorpus corpus = open(settings(7, 25))) {
        assertEquals(expected, contents(corpus), Seeds::replay);
        for (int i = 0; i < 60; i++) {
          change(corpus, expected, random);
          assertEquals(expected, contents(corpus), Seeds::replay);
          if (i % 10 == 0) {
            corpus.awaitCompaction();
          }
        }
        compactions += corpus.statistics().compactions();
        assertEquals(0, corpus.statistics().failedCompactions());
      }
    }
    assertTrue(compactions >= 10, "found only " + compactions + " compactions");
  }

  private static void change(LiveCorpus corpus, Map<Long, Post> expected, Random random) {
    List<Post> added = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      added.add(new Post(1 + random.nextInt(80), random.nextLong(), "t", random.nextLong()));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      removed.add(1L + random.nextInt(80));
    }
    corpus.change(added, removed).join();
    added.forEach(post -> expected.put(post.id(), post));
    removed.forEach(expected::remove);
  }

  @Test
  void compactionLeavesOneBaseAndAShortLog() {
    CorpusFiles.write(folder.resolve("origin.npz"), ENCODER, posts(1, 50));
    try (LiveCorpus corpus = open(settings(16, 64))) {
      Snapshot before = corpus.snapshot();
      corpus.add(posts(100, 200));
      Await.until("a compaction", () -> corpus.statistics().compactions() == 1);
      assertEquals(1, corpus.statistics().segments());
      assertEquals(149, contents(corpus).size());
      assertFalse(before.parts().getFirst().segment().isFree());
      before.close();
      assertTrue(before(corpus));
    }
    assertTrue(Files.exists(folder.resolve("live/base-1.npz")));
    assertTrue(Files.exists(folder.resolve("live/log-1")));
    assertFalse(Files.exists(folder.resolve("live/log-0")));
    assertTrue(Files.exists(folder.resolve("origin.npz")), "what was published stays");
  }

  private static boolean before(LiveCorpus corpus) {
    try (Snapshot snapshot = corpus.snapshot()) {
      return snapshot.parts().stream().noneMatch(part -> part.segment().isFree());
    }
  }

  @Test
  void whatCannotBeServedIsRefused() {
    try (LiveCorpus corpus = open(settings(4, 100))) {
      corpus.add(posts(1, 5));
      assertThrows(CorpusException.class, () -> open(settings(4, 100)));
    }
    CorpusException other =
        assertThrows(
            CorpusException.class,
            () -> LiveCorpus.open(place(), new HashEncoder(5, 4), settings(4, 100)));
    assertTrue(String.valueOf(other.getMessage()).contains("hash-4"), other.getMessage());
    assertTrue(String.valueOf(other.getMessage()).contains("hash-3"), other.getMessage());
    CorpusFiles.write(folder.resolve("origin.npz"), ENCODER, posts(1, 3));
    assertThrows(CorpusException.class, () -> open(settings(4, 100)));
    assertThrows(IllegalArgumentException.class, () -> Post.of(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Post(1, 1, "a\nb", 0));
  }

  @Test
  void aBaseOfAnotherDimensionIsRefusedAndDoubledPostsAreServedOnce() {
    List<Post> doubled = new ArrayList<>(posts(1, 4));
    doubled.add(new Post(2, 50, "last", 0));
    CorpusFiles.write(folder.resolve("origin.npz"), ENCODER, doubled);
    try (LiveCorpus corpus = open(settings(4, 100))) {
      assertEquals(new Post(2, 50, "last", 0), contents(corpus).get(2L));
      corpus.remove(List.of(2L));
      assertEquals(2, contents(corpus).size());
    }
    CorpusException refused =
        assertThrows(
            CorpusException.class,
            () -> LiveCorpus.open(place(), new HashEncoder(6, 3), settings(4, 100)));
    assertTrue(String.valueOf(refused.getMessage()).contains("vectors of 6"), refused.getMessage());
  }
}
