package dev.phoenix.cli;

import dev.phoenix.ops.Ops;
import dev.phoenix.parity.GoldenCase;
import dev.phoenix.parity.TensorCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix parity}: compares golden cases tensor by tensor. */
@Command(
    name = "parity",
    description = {
      "Run the reference's golden cases and compare tensor by tensor, in the order of the"
          + " computation.",
      "float32 is held to an absolute error of 2e-5; bfloat16 to 1.25 times the relative L2 error"
          + " of the reference's own bfloat16 run. Exit code 1 if any tensor departs."
    },
    mixinStandardHelpOptions = true)
final class ParityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BackendOptions backend = new BackendOptions();

  @Option(
      names = "--golden",
      paramLabel = "DIR",
      description = "Folder of golden cases (default: those of the repository).")
  private Path golden = Home.golden();

  ParityCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<String> departures = new ArrayList<>();
    int tensors = 0;
    Margin margin = new Margin(0, "no tensor");
    try (Ops ops = backend.open()) {
      out.printf("Parity on %s, %s: %s%n", ops.name(), ops.precision().label(), golden);
      for (GoldenCase goldenCase : GoldenCase.find(golden, Home.demo())) {
        List<TensorCheck> checks = goldenCase.run(ops);
        tensors += checks.size();
        print(out, goldenCase.name(), checks);
        for (TensorCheck check : checks) {
          margin = margin.and(check, goldenCase.name());
        }
        checks.stream()
            .filter(check -> !check.passed())
            .findFirst()
            .ifPresent(check -> departures.add(goldenCase.name() + "/" + check.tensor()));
      }
    }
    if (departures.isEmpty()) {
      out.printf("%nAll %d tensors are within their bounds.%n", tensors);
      out.printf(Locale.ROOT, "Margin: %s%n", margin.text());
    } else {
      out.printf("%nFirst to depart: %s%n", String.join(", ", departures));
    }
    out.flush();
    return departures.isEmpty() ? 0 : 1;
  }

  /**
   * The largest ratio of error to bound among the tensors.
   *
   * @param part error / bound
   * @param tensor the tensor's name, with its case
   */
  private record Margin(double part, String tensor) {
    /** The larger margin of the two. Counts, such as of differing indices, have a bound of 0. */
    Margin and(TensorCheck check, String goldenCase) {
      double next = check.bound() == 0 ? 0 : check.error() / check.bound();
      return next > part ? new Margin(next, goldenCase + "/" + check.tensor()) : this;
    }

    String text() {
      return "the largest error is %.2f of its bound (%s)".formatted(part, tensor);
    }
  }

  private static void print(PrintWriter out, String name, List<TensorCheck> checks) {
    out.printf("%n%s%n", name);
    for (TensorCheck check : checks) {
      out.printf(
          Locale.ROOT,
          "  %-4s %-42s %-9s %9.3g of %9.3g%n",
          check.passed() ? "ok" : "FAIL",
          check.tensor(),
          check.measure(),
          check.error(),
          check.bound());
    }
  }
}
