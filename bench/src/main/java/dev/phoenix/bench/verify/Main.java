package dev.phoenix.bench.verify;

import dev.phoenix.bench.DeviceCommand;
import dev.phoenix.bench.gpu.Budget;
import dev.phoenix.bench.report.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run verify}: everything that has to hold on a GPU, in one command. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Prove the GPU path on this machine: kernels, golden parity, tests, the emulator beside the"
          + " GPU, compute-sanitizer. Steps run in order of importance, each in its own"
          + " process.",
      "Exit code 0 if all passed, 1 if a step failed or was stopped, 3 if nothing failed but"
          + " steps were skipped."
    })
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DeviceCommand on = new DeviceCommand();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the report and the logs go (default: verify).")
  private Path out = Path.of("verify");

  @Option(
      names = "--budget",
      paramLabel = "SECONDS",
      description = "Time limit of all steps (default: ${DEFAULT-VALUE}).")
  private int budget = 540;

  private Main() {}

  /** Runs the steps and exits. */
  public static void main(String[] args) {
    System.exit(DeviceCommand.execute(new Main(), args));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter text = spec.commandLine().getOut();
    Path folder = Files.createDirectories(out).toAbsolutePath();
    Path home = Path.of(System.getProperty("phoenix.home", ".")).toAbsolutePath();
    Path launcher = Path.of(System.getProperty("phoenix.launcher", home.resolve("run").toString()));
    StepRunner runner = new StepRunner(folder, Budget.of(Duration.ofSeconds(budget)));
    List<Outcome> outcomes = new ArrayList<>();
    VerifyReport report = report(outcomes);
    for (Step step : new Steps(home, launcher, on.device()).all()) {
      text.printf("%-14s ", step.name());
      text.flush();
      Outcome outcome = runner.run(step);
      outcomes.add(outcome);
      text.printf("%s: %s%n", outcome.state().text(), outcome.detail());
      text.flush();
      // Written after every step, so that a stopped run keeps its outcomes.
      report = report(outcomes);
      report.write(folder);
    }
    text.printf("%n%s%nwritten: %s%n", report.table(), report.write(folder));
    text.flush();
    return report.exitCode();
  }

  private VerifyReport report(List<Outcome> outcomes) {
    return new VerifyReport(
        LocalDate.now(ZoneOffset.UTC).toString(), Sources.commit(), on.device(), outcomes);
  }
}
