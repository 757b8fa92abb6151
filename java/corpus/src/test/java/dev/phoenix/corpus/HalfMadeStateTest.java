package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a change that fails leaves the posts as they were, in memory and in the log. */
@Timeout(120)
class HalfMadeStateTest {
  private static final HashEncoder ENCODER = new HashEncoder(5, 3);

  /** A segment of so many rows exceeds the size of an array, so making one throws. */
  private static final int TOO_MANY_ROWS = Integer.MAX_VALUE;

  @TempDir Path folder;

  private LiveCorpus open(List<Post> file, int tailRows) {
    Path origin = CorpusFiles.write(folder.resolve("corpus.npz"), ENCODER, file);
    return LiveCorpus.open(
        new LiveCorpus.Place("test", folder.resolve("live"), origin),
        ENCODER,
        new CorpusSettings(Durability.SYSTEM, tailRows, 1000, 10_000));
  }

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> Post.of(id, 1)).toList();
  }

  @Test
  void aReplacementWithoutRoomLeavesThePost() {
    List<Post> file = posts(1, 10);
    Map<Long, Post> expected;
    try (LiveCorpus corpus = open(file, TOO_MANY_ROWS)) {
      Map<Long, Post> before = LiveCorpusTest.contents(corpus, ENCODER);
      CompletionException failed =
          assertThrows(
              CompletionException.class, () -> corpus.add(List.of(new Post(5, 2, "new", 0))));
      assertInstanceOf(OutOfMemoryError.class, failed.getCause());
      assertEquals(before, LiveCorpusTest.contents(corpus, ENCODER));
      assertEquals(1, corpus.remove(List.of(7L)), "the writer goes on");
      expected = LiveCorpusTest.contents(corpus, ENCODER);
      assertTrue(expected.containsKey(5L), "the next snapshot still has the post");
      assertEquals(8, expected.size());
    }
    try (LiveCorpus corpus = open(file, 8)) {
      assertEquals(
          expected, LiveCorpusTest.contents(corpus, ENCODER), "the failed change is not logged");
    }
  }

  /** A child process whose heap is nearly full replaces an acknowledged post again and again. */
  @Test
  void noPostIsLostHoweverMuchMemoryIsLeft() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx40m",
                "-cp",
                System.getProperty("java.class.path"),
                FullHeap.class.getName(),
                folder.resolve("full").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), said);
    List<String> rounds = said.lines().filter(line -> line.startsWith("free ")).toList();
    assertEquals(FullHeap.ROUNDS, rounds.size(), said);
    assertTrue(rounds.stream().anyMatch(line -> line.contains("failed")), said);
    assertTrue(rounds.stream().noneMatch(line -> line.contains("ABSENT")), said);
  }
}
