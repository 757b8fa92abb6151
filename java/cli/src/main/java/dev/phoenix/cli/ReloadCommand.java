package dev.phoenix.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code phoenix reload}: loads a model into a running server. */
@Command(
    name = "reload",
    description = {
      "Load a model into a running server and wait for the outcome.",
      "The exit code is 0 if the model serves, and 1 if it could not be loaded: then the model of"
          + " before serves on. SIGHUP to the server begins the same, without waiting."
    },
    mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {
  private static final Duration GLANCE = Duration.ofMillis(200);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private AdminOptions admin = new AdminOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = "",
      description = "Name of a folder beside the server's own (default: the server's own).")
  private String folder = "";

  @Option(names = "--no-wait", description = "Return as soon as the load has begun.")
  private boolean returnsAtOnce;

  ReloadCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      client.reload(folder);
      if (returnsAtOnce) {
        out.println("the load has begun");
        out.flush();
        return 0;
      }
      JsonNode status = client.status();
      while (status.path("load_in_progress").asBoolean(false)) {
        TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
        status = client.status();
      }
      out.println(StatusCommand.lastLoad(status));
      out.flush();
      return status.path("last_load").path("succeeded").asBoolean(false) ? 0 : 1;
    }
  }
}
