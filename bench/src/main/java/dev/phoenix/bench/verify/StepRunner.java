package dev.phoenix.bench.verify;

import dev.phoenix.bench.BoundedProcess;
import dev.phoenix.bench.gpu.Budget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** Runs steps one after the other, each in a process with a time limit. */
final class StepRunner {
  /** The least remaining time to start a step; with less, it would be stopped too early. */
  private static final Duration LEAST = Duration.ofSeconds(10);

  private final Path logs;
  private final Budget budget;

  StepRunner(Path logs, Budget budget) {
    this.logs = logs;
    this.budget = budget;
  }

  Outcome run(Step step) {
    String reason = step.unavailable();
    if (reason != null) {
      return outcome(step, Outcome.State.UNAVAILABLE, reason);
    }
    if (!budget.allows(LEAST)) {
      return outcome(step, Outcome.State.NO_TIME, "the budget is used up");
    }
    Path log = logs.resolve(step.name().replaceAll("[^a-z0-9]+", "-") + ".log");
    try {
      return ran(step, log);
    } catch (IOException e) {
      return outcome(step, Outcome.State.FAILED, "cannot be run: " + e.getMessage());
    }
  }

  private Outcome ran(Step step, Path log) throws IOException {
    Duration time = min(step.longest(), budget.left());
    long start = System.nanoTime();
    OptionalInt exit =
        BoundedProcess.run(new ProcessBuilder(step.command()).redirectOutput(log.toFile()), time);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
    Output.Verdict verdict =
        exit.isPresent()
            ? new Output(lines).verdict(step.reading(), exit.getAsInt())
            : new Output.Verdict(
                Outcome.State.TIMED_OUT, "stopped after %d s".formatted(time.toSeconds()));
    return new Outcome(
        step.name(),
        step.proves(),
        verdict.state(),
        verdict.detail(),
        seconds,
        String.valueOf(log.getFileName()));
  }

  private static Outcome outcome(Step step, Outcome.State state, String reason) {
    return new Outcome(step.name(), step.proves(), state, reason, 0, "");
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
