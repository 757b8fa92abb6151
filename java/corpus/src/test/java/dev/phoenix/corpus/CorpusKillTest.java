package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Repeatedly kills a process that adds, removes and compacts over the same files at random times.
 * All changes that it reported as done must be there, and no change that was never requested.
 *
 * <p>{@code -Dphoenix.test.kills=N} kills N times instead of a few.
 */
class CorpusKillTest {
  private static final int KILLS = Integer.getInteger("phoenix.test.kills", 10);

  /** Lines that a process may say before it is killed: about a second of changes at most. */
  private static final int MAX_LINES = 1000;

  @TempDir Path folder;

  /** The last change of a post that was begun and the last that was done. */
  private static final class Known {
    long begun;
    long done;
  }

  @Test
  void everyAcknowledgedChangeOutlivesTheProcess() throws IOException, InterruptedException {
    Random random = Seeds.random("kills");
    Map<Long, Known> posts = new HashMap<>();
    long bases = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> said = runAndKill(1 + random.nextInt(MAX_LINES));
      for (String line : said) {
        note(posts, line);
      }
      bases += checkAndReopen(posts);
    }
    int acknowledged = (int) posts.values().stream().filter(known -> known.done != 0).count();
    assertTrue(acknowledged > 20, "only %d posts were acknowledged".formatted(acknowledged));
    assertTrue(bases > 0, "no base was ever written before a kill");
  }

  private List<String> runAndKill(int afterLines) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors.txt");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CorpusChanger.class.getName(),
                folder.resolve("live").toString())
            .redirectError(errors.toFile())
            .start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = child.inputReader()) {
      String first = out.readLine();
      while (first != null && !first.equals("open")) {
        first = out.readLine(); // a logging library of the class path may greet
      }
      assertNotNull(first, () -> "the child failed: " + read(errors));
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (lines.size() == afterLines) {
          // not the process's own method, which closes what is still to be read
          child.toHandle().destroyForcibly();
        }
      }
    }
    child.waitFor();
    assertEquals(128 + 9, child.exitValue(), () -> "the child ended by itself: " + read(errors));
    return lines;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A line is {@code begun ID NUMBER} or {@code done ID NUMBER}; the last may be cut short. */
  private static void note(Map<Long, Known> posts, String line) {
    String[] words = line.split(" ");
    if (words.length == 4 && words[3].equals(".")) {
      Known known = posts.computeIfAbsent(Long.parseLong(words[1]), id -> new Known());
      long number = Long.parseLong(words[2]);
      if (words[0].equals("begun")) {
        known.begun = number;
      } else {
        known.done = number;
      }
    }
  }

  /** Change n of a post puts it with attributes n, or removes it if n is a multiple of 4. */
  private long checkAndReopen(Map<Long, Known> posts) {
    try (LiveCorpus corpus =
        LiveCorpus.open(
            CorpusChanger.place(folder.resolve("live")),
            CorpusChanger.ENCODER,
            CorpusChanger.SETTINGS)) {
      Map<Long, Post> found = LiveCorpusTest.contents(corpus);
      posts.forEach(
          (id, known) -> {
            Post post = found.remove(id);
            long number = post == null ? 0 : post.attributes();
            boolean isDone = number == (known.done % 4 == 0 ? 0 : known.done);
            boolean isBegun =
                known.begun != known.done && number == (known.begun % 4 == 0 ? 0 : known.begun);
            assertTrue(
                isDone || isBegun,
                () ->
                    "post %d: begun %d, done %d, found %d; %s"
                        .formatted(id, known.begun, known.done, number, Seeds.replay()));
            known.done = isDone ? known.done : known.begun;
            known.begun = known.done;
          });
      assertEquals(Map.of(), found, "posts that nobody added");
    }
    return bases();
  }

  private long bases() {
    try (var files = Files.list(folder.resolve("live"))) {
      return files.filter(file -> file.toString().endsWith(".npz")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
