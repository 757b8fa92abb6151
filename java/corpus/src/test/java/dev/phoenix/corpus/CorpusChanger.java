package dev.phoenix.corpus;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The process that {@link CorpusKillTest} kills. Four threads change disjoint sets of posts and
 * print a line before and after each change. Compactions run all the time.
 */
final class CorpusChanger {
  static final HashEncoder ENCODER = new HashEncoder(5, 3);
  static final CorpusSettings SETTINGS = new CorpusSettings(Durability.DISK, 16, 40, 10_000);
  private static final int THREADS = 4;
  private static final int POSTS = 40;

  private CorpusChanger() {}

  static LiveCorpus.Place place(Path folder) {
    return new LiveCorpus.Place("killed", folder, null);
  }

  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out = System.out;
    try (LiveCorpus corpus = LiveCorpus.open(place(Path.of(arguments[0])), ENCODER, SETTINGS)) {
      out.println("open");
      List<Thread> threads =
          Stream.iterate(0, i -> i + 1)
              .limit(THREADS)
              .map(i -> Thread.ofPlatform().start(() -> change(corpus, i, out)))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** Numbers are taken from the clock, so that they increase from one process to the next. */
  private static void change(LiveCorpus corpus, int thread, PrintStream out) {
    SplittableRandom random = new SplittableRandom();
    long number = System.currentTimeMillis() * 1000;
    while (true) {
      number++;
      long id = 1 + thread + (long) THREADS * random.nextInt(POSTS);
      out.println("begun " + id + " " + number + " .");
      if (number % 4 == 0) {
        corpus.remove(List.of(id));
      } else {
        corpus.add(List.of(new Post(id, number, "topic", number)));
      }
      out.println("done " + id + " " + number + " .");
    }
  }
}
