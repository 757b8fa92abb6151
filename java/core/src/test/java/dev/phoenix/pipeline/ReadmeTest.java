package dev.phoenix.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Runs the Java code of the README. */
final class ReadmeTest {
  private static final Path REPOSITORY = RepositoryFiles.path(".");

  @Test
  void recommendsFromTheDemo() {
    // README begin
    UserSequence user =
        UserSequence.read(REPOSITORY.resolve("checkpoints/demo/example_sequence.json"));
    Artifacts artifacts = new Artifacts(REPOSITORY.resolve("checkpoints/demo"));
    try (Ops ops = Backend.AUTO.open(2);
        Pipeline pipeline = Pipeline.open(ops, artifacts, artifacts.corpus())) {
      Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM);
      Feed feed = pipeline.recommend(user, 200, scorer);
      // README end
      assertEquals(200, feed.items().size());
      if (ops.precision() == Precision.FLOAT32) {
        assertEquals(1900000000000002847L, feed.items().getFirst().postId());
      }
    }
  }

  @Test
  void standsInTheReadmeAsItIsRun() throws IOException {
    Path source =
        REPOSITORY.resolve("java/core/src/test/java/dev/phoenix/pipeline/ReadmeTest.java");
    String code = Files.readString(source);
    String shown =
        code.substring(code.indexOf("// README begin") + 15, code.indexOf("// README end"));
    String expected = words(shown.replace("REPOSITORY.resolve(", "Path.of("));
    assertTrue(
        words(Files.readString(REPOSITORY.resolve("README.md"))).contains(expected), expected);
  }

  private static String words(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining()).replace(" ", "");
  }
}
