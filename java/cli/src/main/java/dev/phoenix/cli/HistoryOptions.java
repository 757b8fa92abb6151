package dev.phoenix.cli;

import dev.phoenix.checkpoint.HistoryEnd;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which events of a long history are read, as options of a command. */
final class HistoryOptions {
  @Option(
      names = "--history-end",
      paramLabel = "END",
      description =
          "Which S events of a longer history are read: last, as in training, or first, as the"
              + " published script does (default: as the model's config.json says, else last).")
  private @Nullable HistoryEnd end;

  HistoryOptions() {}

  /** The chosen end; empty for the one in the model's configuration. */
  Optional<HistoryEnd> end() {
    return Optional.ofNullable(end);
  }
}
