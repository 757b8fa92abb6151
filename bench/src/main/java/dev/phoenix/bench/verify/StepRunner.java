package dev.phoenix.bench.verify;

import dev.phoenix.bench.gpu.Budget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
    ProcessBuilder builder =
        new ProcessBuilder(step.command()).redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      return ran(step, builder.start(), log);
    } catch (IOException e) {
      return outcome(step, Outcome.State.FAILED, "cannot be run: " + e.getMessage());
    }
  }

  private Outcome ran(Step step, Process process, Path log) throws IOException {
    Duration time = min(step.longest(), budget.left());
    long start = System.nanoTime();
    boolean done = finished(process, time);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
    Output.Verdict verdict =
        done
            ? new Output(lines).verdict(step.reading(), process.exitValue())
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

  private static boolean finished(Process process, Duration time) {
    try {
      if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      stop(process);
      return false;
    } catch (InterruptedException e) {
      stop(process);
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void stop(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static Outcome outcome(Step step, Outcome.State state, String reason) {
    return new Outcome(step.name(), step.proves(), state, reason, 0, "");
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
