package dev.phoenix.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;

/**
 * The process of {@link HalfMadeStateTest}: fills its heap but for some kilobytes, replaces a post,
 * frees the heap, and says what became of the post, at once, after the next change, and after a
 * restart.
 */
final class FullHeap {
  static final int ROUNDS = 10;
  private static final int FIRST_KB = 20;
  private static final int STEP_KB = 60;
  private static final int POSTS = 8192;
  private static final long POST = 5;
  private static final HashEncoder ENCODER = new HashEncoder(16, 3);
  private static final CorpusSettings SETTINGS =
      new CorpusSettings(Durability.SYSTEM, POSTS, 12_000, 65_536);

  private static final Object[] HOG = new Object[200_000];
  private static int held;

  private FullHeap() {}

  private static void fill() {
    int size = 1 << 20;
    while (size >= 1024) {
      try {
        while (true) {
          HOG[held] = new byte[size];
          held++;
        }
      } catch (OutOfMemoryError full) {
        size >>= 1;
      }
    }
  }

  private static void free(int bytes) {
    int left = bytes;
    while (held > 0 && left > 0) {
      held--;
      left -= ((byte[]) HOG[held]).length;
      HOG[held] = null;
    }
  }

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> Post.of(id, 1)).toList();
  }

  private static String author(LiveCorpus corpus) {
    try (Snapshot snapshot = corpus.snapshot()) {
      PostIndex.Row row = PostIndex.of(snapshot.parts()).get(POST);
      return row == null ? "ABSENT" : "author " + row.post().authorId();
    }
  }

  private static String replace(LiveCorpus corpus, int freeKb) {
    List<Post> replacement = List.of(Post.of(POST, 2));
    fill();
    free(freeKb << 10);
    String outcome;
    try {
      corpus.add(replacement);
      outcome = "acknowledged";
    } catch (CompletionException | CorpusException | OutOfMemoryError failed) {
      free(Integer.MAX_VALUE);
      outcome = "failed";
    }
    free(Integer.MAX_VALUE);
    return outcome;
  }

  /** Enough further posts for a compaction, unless the writer has ended. */
  private static String change(LiveCorpus corpus) throws InterruptedException {
    try {
      corpus.add(posts(200_000, 204_000));
      corpus.awaitCompaction();
      return author(corpus);
    } catch (CompletionException | CorpusException ended) {
      return "writer ended";
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      Path folder = Files.createDirectories(Path.of(arguments[0], "round-" + round));
      LiveCorpus.Place place = new LiveCorpus.Place("full", folder, null);
      int freeKb = FIRST_KB + round * STEP_KB;
      List<String> said = new ArrayList<>();
      try (LiveCorpus corpus = LiveCorpus.open(place, ENCODER, SETTINGS)) {
        corpus.add(posts(1, POSTS + 1));
        said.add(replace(corpus, freeKb));
        said.add("then " + author(corpus));
        said.add("after a change " + change(corpus));
      }
      try (LiveCorpus corpus = LiveCorpus.open(place, ENCODER, SETTINGS)) {
        said.add("after a restart " + author(corpus));
      }
      System.out.println("free " + freeKb + " KB: " + String.join(", ", said));
    }
  }
}
