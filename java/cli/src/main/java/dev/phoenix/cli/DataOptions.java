package dev.phoenix.cli;

import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The data set that a command reads. */
final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The events of users, in one of the formats.")
  private Path data = Path.of("");

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = {
        "sequences: a user's number and the items' in time order, one user a line;",
        "movielens: ratings with a header, and titles in the .item file beside it;",
        "world: what `phoenix world` writes."
      })
  private DataFormat format = DataFormat.SEQUENCES;

  DataOptions() {}

  DataFormat format() {
    return format;
  }

  Path file() {
    return data;
  }

  Dataset read() {
    return format.read(data);
  }
}
