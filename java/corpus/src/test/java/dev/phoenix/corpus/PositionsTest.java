package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a corpus keeps how far sources were read, as long as the posts themselves. */
@Timeout(60)
class PositionsTest {
  private static final HashEncoder OLD = new HashEncoder(5, 3);
  private static final HashEncoder NEW = new HashEncoder(5, 4);

  @TempDir Path folder;

  private LiveCorpus open(String name, HashEncoder encoder) {
    return LiveCorpus.open(
        new LiveCorpus.Place(name, folder.resolve(name), null),
        encoder,
        new CorpusSettings(Durability.SYSTEM, 8, 20, 100_000));
  }

  private static SourcePosition at(int partition, long offset) {
    return new SourcePosition("topic#id", partition, offset, 3);
  }

  private static void put(LiveCorpus corpus, long from, long to, SourcePosition... reached) {
    List<Post> posts = LongStream.range(from, to).mapToObj(id -> Post.of(id, 1)).toList();
    var _ =
        WriterThread.result(corpus.change(ChangeRequest.of(posts, List.of(), List.of(reached))));
  }

  @Test
  void theNewestPositionOfEachPartitionOutlivesCompactions() throws InterruptedException {
    try (LiveCorpus corpus = open("kept", OLD)) {
      assertEquals(List.of(), corpus.positions());
      put(corpus, 1, 3, at(0, 2), at(1, 1));
      for (long id = 3; id < 100; id += 3) {
        put(corpus, id, id + 3, at(0, id + 3));
        corpus.awaitCompaction();
      }
      assertEquals(4, corpus.statistics().compactions());
      assertEquals(Set.of(at(0, 102), at(1, 1)), Set.copyOf(corpus.positions()));
    }
    try (LiveCorpus corpus = open("kept", OLD)) {
      assertEquals(Set.of(at(0, 102), at(1, 1)), Set.copyOf(corpus.positions()));
      assertEquals(101, corpus.statistics().posts());
      corpus.reach(List.of(at(1, 1).forgotten()));
    }
    try (LiveCorpus corpus = open("kept", OLD)) {
      assertEquals(List.of(at(0, 102)), corpus.positions());
    }
  }

  @Test
  void aSuccessorHasThePositionsOfItsPosts() {
    try (LiveCorpus before = open("before", OLD);
        LiveCorpus after = open("after", NEW)) {
      put(before, 1, 10, at(0, 5), at(1, 5));
      put(after, 50, 60, at(0, 90), at(2, 7));
      after.succeed(before);
      assertEquals(9, after.statistics().posts());
      assertEquals(Set.of(at(0, 5), at(1, 5)), Set.copyOf(after.positions()));
      put(before, 10, 12, at(0, 7));
      assertEquals(Set.of(at(0, 7), at(1, 5)), Set.copyOf(after.positions()));
      assertEquals(11, after.statistics().posts());
    }
    try (LiveCorpus after = open("after", NEW)) {
      assertEquals(Set.of(at(0, 7), at(1, 5)), Set.copyOf(after.positions()));
      assertEquals(11, after.statistics().posts());
    }
  }
}
