package dev.phoenix.cli;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.WorldFile;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix world}: writes a synthetic data set. */
@Command(
    name = "world",
    description = {
      "Make up a world: users with tastes, authors, posts with topics and titles, and the actions"
          + " on every impression, drawn from known probabilities.",
      "The same sizes and seed make the same file. It is text; `--format world` reads it."
    },
    footer = {
      "",
      "Example:",
      "  phoenix world --out world.tsv",
      "  phoenix train retrieval --data world.tsv --format world --out trained"
    },
    mixinStandardHelpOptions = true)
final class WorldCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where to write it; the file appears only when it is complete.")
  private Path out = Path.of("");

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Users (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--authors",
      paramLabel = "N",
      defaultValue = "250",
      description = "Authors (default: ${DEFAULT-VALUE}).")
  private int authors;

  @Option(
      names = "--posts",
      paramLabel = "N",
      defaultValue = "4000",
      description = "Posts (default: ${DEFAULT-VALUE}).")
  private int posts;

  @Option(
      names = "--impressions",
      paramLabel = "N",
      defaultValue = "80",
      description = "Posts that a user is shown, on average (default: ${DEFAULT-VALUE}).")
  private int impressions;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "14",
      description = "Days that the events span (default: ${DEFAULT-VALUE}).")
  private int days;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "Random seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  WorldCommand() {}

  @Override
  public Integer call() {
    Dataset world =
        World.generate(new WorldSize(users, authors, posts, impressions, days), seed).dataset();
    WorldFile.write(world, out);
    spec.commandLine()
        .getOut()
        .printf(
            "%,d users, %,d posts, %,d impressions: %s%n", users, posts, world.eventCount(), out);
    return 0;
  }
}
