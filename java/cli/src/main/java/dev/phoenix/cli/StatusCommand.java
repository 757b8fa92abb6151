package dev.phoenix.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code phoenix status}: what a running server tells of itself. */
@Command(
    name = "status",
    description = {
      "Show what a running server does: model, readiness, and how the last load ended.",
      "The exit code is 0 if it is ready, else 1."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private AdminOptions admin = new AdminOptions();

  @Option(names = "--json", description = "Print the server's answer as it is.")
  private boolean json;

  StatusCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      JsonNode status = client.status();
      if (json) {
        out.println(status);
      } else {
        print(status, out);
      }
      out.flush();
      return status.path("ready").asBoolean(false) ? 0 : 1;
    }
  }

  private static void print(JsonNode status, PrintWriter out) {
    boolean ready = status.path("ready").asBoolean(false);
    out.printf("%-9s %s%n", "state", ready ? "ready" : "not ready");
    out.printf("%-9s %d in flight%n", "requests", status.path("in_flight").asInt(0));
    JsonNode model = status.path("model");
    if (!model.isMissingNode()) {
      out.printf(
          "%-9s %s, version %s, on %s in %s, %d posts%n",
          "model",
          text(model, "name"),
          text(model, "version"),
          text(model, "backend"),
          text(model, "precision"),
          model.path("corpus").asLong(0));
    }
    boolean loading = status.path("load_in_progress").asBoolean(false);
    out.printf("%-9s %s%s%n", "last load", lastLoad(status), loading ? "; one is running" : "");
  }

  /** One line about the last load. */
  static String lastLoad(JsonNode status) {
    JsonNode last = status.path("last_load");
    if (last.isMissingNode()) {
      return "none has ended";
    }
    String outcome =
        last.path("succeeded").asBoolean(false)
            ? "version " + text(last, "version") + " serves"
            : "failed: " + text(last, "failure");
    return "%s: %s %s (%.1f s)"
        .formatted(
            text(last, "ended"),
            text(last, "model"),
            outcome,
            last.path("took_seconds").asDouble(0));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }
}
