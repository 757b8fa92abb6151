package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests on every backend that a search of snapshots equals sorting all their posts. */
@ParameterizedClass
@EnumSource(Backend.class)
class CorpusSearchTest {
  private static final HashEncoder ENCODER = new HashEncoder(6, 2);
  private static final int USERS = 3;

  @TempDir Path folder;
  private final Random random = Seeds.random("corpus search");
  private final Ops ops;

  CorpusSearchTest(Backend backend) {
    this.ops = backend.create(2);
  }

  @AfterEach
  void closeOps() {
    ops.close();
  }

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(id -> new Post(id, id % 5, "", 1L << id % 4))
        .toList();
  }

  private LiveCorpus open(String name, CorpusSettings settings, List<Post> base) {
    Path origin = CorpusFiles.write(folder.resolve(name + ".npz"), ENCODER, base);
    return LiveCorpus.open(
        new LiveCorpus.Place(name, folder.resolve(name), origin), ENCODER, settings);
  }

  private static CorpusSettings settings(int tailRows, int compactRows) {
    return new CorpusSettings(Durability.SYSTEM, tailRows, compactRows, 10_000);
  }

  private float[] users() {
    float[] users = new float[USERS * ENCODER.dimension()];
    for (int i = 0; i < users.length; i++) {
      users[i] = random.nextInt(5) - 2;
    }
    return users;
  }

  private record Entry(int position, long id, float score) {}

  private List<Entry> sorted(Snapshot snapshot, float[] users, int user, Filter filter) {
    List<Entry> entries = new ArrayList<>();
    List<SegmentSet.Part> parts = snapshot.parts();
    for (int i = 0; i < parts.size(); i++) {
      for (int row = 0; row < parts.get(i).rows(); row++) {
        int position = snapshot.position(i, row);
        if (parts.get(i).isLive(row) && filter.passes(snapshot.attributes(position))) {
          float[] vector = ENCODER.vector(snapshot.postId(position), snapshot.authorId(position));
          float score = 0;
          for (int d = 0; d < vector.length; d++) {
            score += vector[d] * users[user * vector.length + d];
          }
          entries.add(new Entry(position, snapshot.postId(position), score));
        }
      }
    }
    entries.sort(
        Comparator.<Entry>comparingDouble(entry -> -entry.score())
            .thenComparingInt(Entry::position));
    Map<Long, Entry> once = new HashMap<>();
    entries.removeIf(entry -> once.putIfAbsent(entry.id(), entry) != null);
    return entries;
  }

  private void assertFinds(CorpusSearch search, Snapshot snapshot, int k, Filter filter) {
    float[] users = users();
    List<Hits> found = search.search(snapshot, new CorpusSearch.Query(users, USERS, k, filter));
    assertEquals(USERS, found.size());
    for (int user = 0; user < USERS; user++) {
      List<Entry> expected = sorted(snapshot, users, user, filter);
      expected = expected.subList(0, Math.min(k, expected.size()));
      Hits hits = found.get(user);
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < hits.positions().length; i++) {
        int position = hits.positions()[i];
        entries.add(new Entry(position, snapshot.postId(position), hits.scores()[i] + 0f));
      }
      assertEquals(expected, entries, Seeds::replay);
    }
  }

  @Test
  void findsTheBestOfBaseAndTailsWhileThePostsChange() {
    for (Precision held : Precision.values()) {
      try (LiveCorpus corpus = open("corpus" + held, settings(64, 1_000_000), posts(1, 200));
          CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), held)) {
        for (int round = 0; round < 6; round++) {
          try (Snapshot snapshot = corpus.snapshot()) {
            for (int k : new int[] {0, 1, 20, 500}) {
              assertFinds(search, snapshot, k, Filter.EVERY);
            }
            assertFinds(search, snapshot, 15, new Filter(2, 0, 0));
            assertFinds(search, snapshot, 15, new Filter(0, 5, 0));
            assertFinds(search, snapshot, 15, new Filter(0, 0, 8));
            assertFinds(search, snapshot, 15, new Filter(3, 0, 0));
          }
          corpus.add(posts(150 + 40L * round, 250 + 40L * round));
          corpus.remove(List.of(1L + round, 190L + 7L * round));
        }
      }
    }
  }

  private List<Long> ids(Snapshot snapshot, Hits hits) {
    return Arrays.stream(hits.positions()).mapToObj(snapshot::postId).toList();
  }

  /** Posts are replaced and removed during the test, so that ids have several rows and segments. */
  @Test
  void excludedPostsAreNotFoundAndKOthersAre() {
    try (LiveCorpus corpus = open("corpus", settings(32, 1_000_000), posts(1, 200));
        CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), Precision.FLOAT32)) {
      for (int round = 0; round < 4; round++) {
        List<ExcludedPosts> excluded =
            List.of(
                ExcludedPosts.NONE,
                ExcludedPosts.of(random.longs(50, 1, 300).toArray()),
                ExcludedPosts.of(LongStream.range(1, 5000).filter(id -> id % 3 != 0).toArray()));
        float[] users = users();
        try (Snapshot snapshot = corpus.snapshot()) {
          for (int k : new int[] {1, 20, 500}) {
            CorpusSearch.Query query =
                new CorpusSearch.Query(users, USERS, k, new Filter(0, 0, 8), excluded);
            List<Hits> found = search.search(snapshot, query);
            for (int user = 0; user < USERS; user++) {
              ExcludedPosts own = excluded.get(user);
              List<Long> expected =
                  sorted(snapshot, users, user, query.filter()).stream()
                      .map(Entry::id)
                      .filter(id -> !own.contains(id))
                      .limit(k)
                      .toList();
              assertEquals(expected, ids(snapshot, found.get(user)), Seeds::replay);
              float[] alone =
                  Arrays.copyOfRange(
                      users, user * ENCODER.dimension(), (user + 1) * ENCODER.dimension());
              Hits same =
                  search
                      .search(
                          snapshot,
                          new CorpusSearch.Query(alone, 1, k, query.filter(), List.of(own)))
                      .getFirst();
              assertArrayEquals(same.positions(), found.get(user).positions());
              assertArrayEquals(same.scores(), found.get(user).scores(), 0f);
            }
          }
        }
        corpus.add(posts(150 + 20L * round, 220 + 20L * round));
        corpus.remove(List.of(3L + round, 180L + round));
      }
    }
  }

  @Test
  void everyRowOfAnExcludedIdInACorpusFileIsLeftOut() {
    List<Post> doubled = new ArrayList<>(posts(1, 40));
    doubled.addAll(posts(1, 40));
    Path file = CorpusFiles.write(folder.resolve("doubled.npz"), ENCODER, doubled);
    try (FixedCorpus corpus = FixedCorpus.open("doubled", file, ENCODER.dimension());
        Snapshot snapshot = corpus.snapshot();
        CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), Precision.FLOAT32)) {
      List<ExcludedPosts> excluded =
          List.of(
              ExcludedPosts.of(1, 2, 3, 4, 5, 6, 7, 8), ExcludedPosts.NONE, ExcludedPosts.of(30));
      List<Hits> found =
          search.search(
              snapshot, new CorpusSearch.Query(users(), USERS, 78, Filter.EVERY, excluded));
      assertEquals(78 - 16, found.get(0).positions().length);
      assertEquals(78, found.get(1).positions().length);
      assertEquals(76, found.get(2).positions().length);
      assertTrue(ids(snapshot, found.get(0)).stream().noneMatch(id -> id <= 8));
    }
  }

  @Test
  void aCompactedCorpusIsSearchedAndTheOldMemoryGoes() {
    try (LiveCorpus corpus = open("corpus", settings(32, 100), posts(1, 200));
        CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), Precision.FLOAT32)) {
      Segment first;
      try (Snapshot snapshot = corpus.snapshot()) {
        first = snapshot.parts().getFirst().segment();
        assertFinds(search, snapshot, 30, Filter.EVERY);
      }
      corpus.add(posts(150, 300));
      Await.until("a compaction", () -> corpus.statistics().compactions() == 1);
      assertTrue(first.isFree());
      try (Snapshot snapshot = corpus.snapshot()) {
        assertEquals(299, snapshot.size());
        assertFinds(search, snapshot, 30, Filter.EVERY);
      }
    }
  }

  @Test
  void aPostOfTwoCorporaIsFoundOnce() {
    Corpora corpora =
        Corpora.of(
            List.of(
                open("en", settings(16, 1000), posts(1, 60)),
                open("sports", settings(16, 1000), posts(40, 90))));
    try (corpora;
        CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), Precision.FLOAT32)) {
      corpora.live("sports").add(posts(10, 30));
      try (Snapshot both = corpora.snapshot(List.of("en", "sports", "en"));
          Snapshot first = corpora.snapshot(List.of())) {
        assertEquals(59 + 50 + 20, both.size());
        assertEquals(59, first.size());
        assertFinds(search, both, 25, Filter.EVERY);
        assertFinds(search, both, 500, new Filter(0, 3, 0));
        assertFinds(search, first, 25, Filter.EVERY);
      }
      assertThrows(UnknownCorpusException.class, () -> corpora.snapshot(List.of("fr")));
    }
  }

  @Test
  void usersThatDoNotFitAreRefused() {
    try (LiveCorpus corpus = open("corpus", settings(16, 1000), posts(1, 5));
        Snapshot snapshot = corpus.snapshot();
        CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), Precision.FLOAT32)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> search.search(snapshot, new CorpusSearch.Query(new float[5], 1, 3, Filter.EVERY)));
    }
  }
}
