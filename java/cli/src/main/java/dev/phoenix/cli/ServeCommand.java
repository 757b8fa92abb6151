package dev.phoenix.cli;

import dev.phoenix.lifecycle.Closer;
import dev.phoenix.serving.server.PhoenixServer;
import dev.phoenix.serving.server.ServerConfig;
import dev.phoenix.serving.server.Setting;
import dev.phoenix.serving.server.Settings;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix serve}: serves over gRPC and HTTP until a signal stops it. */
@Command(
    name = "serve",
    description = {
      "Serve ranking, retrieval and feeds over gRPC and HTTP, with a page that shows feeds.",
      "Every option can also be set in a file (batch-size = 32) and in the environment"
          + " (PHOENIX_BATCH_SIZE=32). Options override the environment, which overrides the file."
    },
    footer = {
      "",
      "Examples:",
      "  phoenix serve",
      "  phoenix serve --artifacts ~/phoenix-mini --host 0.0.0.0 --batch-size 64",
      "  phoenix serve --artifacts trained --no-ranker",
      "  phoenix serve --config phoenix.properties --print-config"
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final System.Logger LOG = System.getLogger(ServeCommand.class.getName());

  /** The exit code after a port has ended by itself. */
  private static final int PORT_LOST = 3;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings as lines of key = value.")
  private @Nullable Path file;

  @Option(
      names = "--print-config",
      description = "Print the settings and where each comes from, and exit.")
  private boolean print;

  ServeCommand() {}

  /** Gives the command an option for every setting. */
  static void addOptions(CommandLine command) {
    for (Setting setting : Setting.values()) {
      String standard =
          setting.standard().isEmpty() ? "" : " (default: " + setting.standard() + ")";
      command
          .getCommandSpec()
          .addOption(
              OptionSpec.builder(setting.flag())
                  .type(String.class)
                  .arity(setting.isSwitch() ? "0..1" : "1")
                  .fallbackValue(setting.isSwitch() ? "true" : "")
                  .paramLabel("VALUE")
                  .description(setting.help() + standard)
                  .build());
    }
  }

  private Settings settings() {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String value =
          spec.commandLine().getParseResult().matchedOptionValue(setting.flag(), (String) null);
      if (value != null) {
        flags.put(setting, value);
      }
    }
    return Settings.resolve(file, System.getenv(), flags);
  }

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = settings();
    ServerConfig config = ServerConfig.of(settings, Home.demo());
    if (print) {
      spec.commandLine().getOut().print(settings.print());
      spec.commandLine().getOut().flush();
      return 0;
    }
    logAllAlike();
    PhoenixServer server = PhoenixServer.start(config, ServeCommand::endWithoutPort);
    // Registered before the model loads, so that a signal during the load stops the server.
    Thread end = Thread.ofPlatform().name("stop").unstarted(() -> stop(server));
    Runtime.getRuntime().addShutdownHook(end);
    try {
      server.load();
    } catch (RuntimeException | Error failed) {
      if (server.isStopping()) {
        // A signal stopped the load; the shutdown hook ends the process.
        end.join();
      }
      if (Runtime.getRuntime().removeShutdownHook(end)) {
        Closer opened = new Closer();
        opened.own(server);
        opened.closeAfter(failed);
      }
      throw failed;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /** Ends the process: a server that has lost a port must be started anew by its supervisor. */
  private static void endWithoutPort() {
    LOG.log(Level.ERROR, "a port has ended by itself: the process ends with code {0}", PORT_LOST);
    System.err.flush();
    Runtime.getRuntime().halt(PORT_LOST);
  }

  /** Routes {@code java.util.logging} to the same log, so that all lines have one format. */
  private static void logAllAlike() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /**
   * Closes the server and ends the process with exit code 0 if it closed cleanly. A JVM that a
   * signal ends would exit with 128 + the signal's number, which reads like a crash.
   */
  private static void stop(PhoenixServer server) {
    int code = 1;
    try {
      code = server.stop() ? 0 : 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failed) {
      LOG.log(Level.ERROR, "the server did not close cleanly", failed);
    } finally {
      System.err.flush();
      Runtime.getRuntime().halt(code);
    }
  }
}
