package dev.phoenix.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix drain}: stops a running server in order. */
@Command(
    name = "drain",
    description = {
      "Stop a running server as SIGTERM does: it reports not ready, serves on for a while, answers"
          + " the last requests, and ends.",
      "Returns as soon as this has begun."
    },
    mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private AdminOptions admin = new AdminOptions();

  DrainCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    try (AdminClient client = admin.client()) {
      client.drain();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("the server stops");
    out.flush();
    return 0;
  }
}
