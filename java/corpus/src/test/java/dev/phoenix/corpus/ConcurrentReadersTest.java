package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests readers during changes and compactions. Every change replaces all posts of a group in one
 * step, so a snapshot with two generations of a group, or a part of a group, is torn.
 */
class ConcurrentReadersTest {
  private static final HashEncoder ENCODER = new HashEncoder(4, 2);
  private static final int GROUP = 10;
  private static final int GROUPS = 20;
  private static final int GENERATIONS = 400;
  private static final int COMPACTIONS = 3;
  private static final int MAX_GENERATIONS = 100_000;
  private static final int READERS = 3;

  @TempDir Path folder;

  private static List<Post> group(int group, int generation) {
    return LongStream.range(0, GROUP)
        .mapToObj(i -> new Post(1 + (long) group * GROUP + i, generation, "", group))
        .toList();
  }

  @Test
  void everySnapshotIsOneState() throws Exception {
    CorpusSettings settings = new CorpusSettings(Durability.SYSTEM, 64, 300, 100_000);
    LiveCorpus.Place place = new LiveCorpus.Place("read", folder.resolve("live"), null);
    AtomicBoolean done = new AtomicBoolean();
    try (LiveCorpus corpus = LiveCorpus.open(place, ENCODER, settings);
        ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      for (int group = 0; group < GROUPS; group++) {
        corpus.add(group(group, 0));
      }
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(reader(corpus, done)));
      }
      int generation = 0;
      while (generation < MAX_GENERATIONS
          && (generation < GENERATIONS || corpus.statistics().compactions() < COMPACTIONS)) {
        generation++;
        assertEquals(GROUP, corpus.add(group(generation % GROUPS, generation)));
      }
      done.set(true);
      for (Future<Integer> reader : readers) {
        assertTrue(reader.get() > 0);
      }
      assertTrue(corpus.statistics().compactions() >= COMPACTIONS);
      assertEquals(GROUP * GROUPS, corpus.statistics().posts());
    }
  }

  private static Callable<Integer> reader(LiveCorpus corpus, AtomicBoolean done) {
    return () -> {
      int reads = 0;
      float[] user = {1, -1, 2, 1};
      try (Ops ops = CpuOps.create(Precision.FLOAT32, 1);
          CorpusSearch search = CorpusSearch.create(ops, ENCODER.dimension(), Precision.FLOAT32)) {
        while (!done.get() || reads == 0) {
          try (Snapshot snapshot = corpus.snapshot()) {
            CorpusSearch.Query query =
                new CorpusSearch.Query(user, 1, GROUP * GROUPS, Filter.EVERY);
            check(snapshot, search.search(snapshot, query).getFirst(), user);
          }
          reads++;
        }
      }
      return reads;
    };
  }

  private static void check(Snapshot snapshot, Hits hits, float[] user) {
    assertEquals(GROUP * GROUPS, hits.positions().length);
    long[] generations = new long[GROUPS];
    int[] found = new int[GROUPS];
    for (int i = 0; i < hits.positions().length; i++) {
      int position = hits.positions()[i];
      int group = (int) snapshot.attributes(position);
      long generation = snapshot.authorId(position);
      assertTrue(found[group]++ == 0 || generations[group] == generation, "a torn group");
      generations[group] = generation;
      float[] vector = ENCODER.vector(snapshot.postId(position), generation);
      float score = 0;
      for (int d = 0; d < vector.length; d++) {
        score += user[d] * vector[d];
      }
      assertEquals(score, hits.scores()[i]);
    }
  }
}
