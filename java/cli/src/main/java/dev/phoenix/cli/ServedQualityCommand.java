package dev.phoenix.cli;

import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code phoenix served-quality}: compares a server's feeds with the evaluation. */
@Command(
    name = "served-quality",
    description = {
      "Compare the feeds of a server with the figures of `phoenix evaluate`.",
      "Starts a server with the checkpoint, asks it over HTTP and over gRPC for the feed of every"
          + " test user with the user's whole history, and prints the metrics of both beside those"
          + " of the evaluation. They are equal if the server follows the rules of the"
          + " evaluation.",
      "",
      "Example:",
      "  phoenix served-quality --data world.tsv --format world --model checkpoints/demo"
    },
    mixinStandardHelpOptions = true)
final class ServedQualityCommand implements Callable<Integer> {
  private static final int NAME_WIDTH = 34;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BackendOptions backend = new BackendOptions();
  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint in the published layout, with the corpus of the data's posts.")
  private Path model = Path.of("");

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "test",
      description = "validation or test (default: test).")
  private LeaveOneOut.Part part = LeaveOneOut.Part.TEST;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "200",
      description = "Posts of a feed (default: ${DEFAULT-VALUE}).")
  private int topK = 200;

  @Option(names = "--out", paramLabel = "FILE", description = "Write the metrics as JSON, too.")
  private @Nullable Path out;

  ServedQualityCommand() {}

  @Override
  public Integer call() {
    Artifacts artifacts = new Artifacts(model);
    ServedQuality quality = new ServedQuality(LeaveOneOut.of(data.read()), part);
    try (Ops ops = backend.open()) {
      quality.evaluate(ops, artifacts);
    }
    quality.serve(ServedQuality.settings(artifacts), topK);
    print(quality, spec.commandLine().getOut());
    if (out != null) {
      write(quality, out);
    }
    return 0;
  }

  private static void print(ServedQuality quality, PrintWriter to) {
    quality
        .rows()
        .forEach(
            (name, metrics) ->
                to.printf(
                    Locale.ROOT,
                    "%-" + NAME_WIDTH + "s HR@10 %.4f  NDCG@10 %.4f  (%,d users)%n",
                    name,
                    metrics.hitRate(10),
                    metrics.ndcg(10),
                    metrics.users()));
    to.flush();
  }

  private void write(ServedQuality quality, Path file) {
    JsonMapper mapper = new JsonMapper();
    ObjectNode document = mapper.createObjectNode();
    document.put("data", data.file().getFileName().toString());
    document.put("part", part.toString());
    document.put("top_k", topK);
    ObjectNode rows = document.putObject("rows");
    quality
        .rows()
        .forEach(
            (name, metrics) -> {
              ObjectNode row = rows.putObject(name);
              row.put("users", metrics.users());
              RetrievalEvaluation.summary(metrics).forEach(row::put);
            });
    try {
      Files.writeString(
          file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
