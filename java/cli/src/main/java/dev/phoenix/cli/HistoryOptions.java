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
              + " published script does (default: the model's own, last where it says nothing).")
  private @Nullable HistoryEnd end;

  HistoryOptions() {}

  /** What was chosen; empty for what a model's configuration says. */
  Optional<HistoryEnd> end() {
    return Optional.ofNullable(end);
  }
}
