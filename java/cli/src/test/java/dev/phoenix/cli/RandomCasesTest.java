package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code phoenix infer} on fresh random configurations against an implementation in float64 NumPy
 * that shares no code with it: grouped heads, anchoring, hash counts, batches narrower than the
 * model, counts of actions and continuous outputs, surfaces outside the vocabulary, NumPy's default
 * types. Source: docs/model.md#8-precision.
 */
class RandomCasesTest {
  private static final int CASES = 6;
  private static final Path SCRIPT = Path.of("bench", "peers", "random_cases.py");

  @TempDir Path folder = Path.of("");

  @Test
  void inferIsWithinItsBoundsOfAnIndependentReference() throws IOException, InterruptedException {
    assumeTrue(run("-c", "import numpy") == 0, "skipped: python3 with numpy is not installed here");
    int seed = Seeds.random("random cases").nextInt(1_000_000_000);
    assertEquals(
        0,
        run(script().toString(), folder.toString(), "--count=" + CASES, "--seed=" + seed),
        "the reference made no cases of seed " + seed);
    double margin = 0;
    List<Path> cases;
    try (Stream<Path> found = Files.list(folder)) {
      cases = found.filter(Files::isDirectory).sorted().toList();
    }
    assertEquals(CASES, cases.size());
    for (Path each : cases) {
      margin = Math.max(margin, margin(each));
    }
    System.out.printf(Locale.ROOT, "margin: the largest error is %.2f of its bound%n", margin);
    assertTrue(margin <= 1, "seed " + seed + ": an error is " + margin + " of its bound");
  }

  /** The largest error / bound of the outputs of a case. */
  private static double margin(Path folder) {
    try (NpzFile expected = NpzFile.open(folder.resolve("expected.npz"))) {
      String kind = expected.contains("probabilities") ? "ranker" : "retrieval";
      Path out = folder.resolve("out.npz");
      CommandRun run =
          CommandRun.of(
              "infer",
              kind,
              "--backend",
              "cpu",
              "--precision",
              "float32",
              "--model",
              folder.toString(),
              "--inputs",
              folder.resolve("inputs.npz").toString(),
              "--out",
              out.toString());
      assertEquals(0, run.exitCode(), folder + ": " + run.err());
      boolean[] valid = expected.get("valid").toBooleans();
      try (NpzFile found = NpzFile.open(out)) {
        return expected.names().stream()
            .filter(name -> !name.equals("valid") && name.indexOf(':') < 0)
            .mapToDouble(name -> margin(expected, found, name, valid))
            .max()
            .orElseThrow();
      }
    }
  }

  private static double margin(NpzFile expected, NpzFile found, String name, boolean[] valid) {
    double[] right = expected.get(name).toDoubles();
    float[] ours = found.get(name).toFloats();
    assertEquals(right.length, ours.length, name);
    boolean perUser = name.equals("user_representation");
    int columns = perUser ? 1 : right.length / valid.length;
    double largest = 0;
    for (int i = 0; i < right.length; i++) {
      if (perUser || valid[i / columns]) {
        double error = Math.abs(right[i] - ours[i]);
        largest = error >= largest ? error : Double.isNaN(error) ? Double.MAX_VALUE : largest;
      }
    }
    return largest / expected.get("bound:" + name).toDoubles()[0];
  }

  /** The script in bench/peers, searched upwards from the module. */
  private static Path script() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve(SCRIPT))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException("expected " + SCRIPT + " in the repository, found none");
    }
    return at.resolve(SCRIPT);
  }

  private static int run(String... arguments) throws InterruptedException {
    List<String> command = Stream.concat(Stream.of("python3"), Stream.of(arguments)).toList();
    try {
      Process python = new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start();
      if (!python.waitFor(5, TimeUnit.MINUTES)) {
        python.destroyForcibly();
        return -1;
      }
      return python.exitValue();
    } catch (IOException absent) {
      return -1;
    }
  }
}
