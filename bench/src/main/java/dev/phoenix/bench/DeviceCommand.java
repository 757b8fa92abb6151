package dev.phoenix.bench;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The parts that commands for GPU machines share: the choice of a device, and error messages. */
public final class DeviceCommand {
  private static final String EMULATED = "emulated";
  private static final List<String> DEVICES = List.of("cuda", EMULATED);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  private String device = DEVICES.getFirst();

  /** Creates options that choose the GPU by default. */
  public DeviceCommand() {}

  @Option(
      names = "--device",
      paramLabel = "cuda|emulated",
      description =
          "cuda, or emulated: a rehearsal without a GPU at toy sizes, which lists what needs a GPU"
              + " (default: cuda).")
  void choose(String name) {
    if (!DEVICES.contains(name)) {
      throw new ParameterException(
          spec.commandLine(), "--device: expected cuda or emulated, found '%s'".formatted(name));
    }
    device = name;
  }

  /** {@code cuda} or {@code emulated}. */
  public String device() {
    return device;
  }

  /** Whether this is a rehearsal on the emulated device. */
  public boolean isRehearsal() {
    return device.equals(EMULATED);
  }

  /** Runs {@code command} and returns its exit code; a failure prints one line and returns 1. */
  public static int execute(Callable<Integer> command, String... arguments) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, failed, _) -> {
              failed
                  .getErr()
                  .printf("phoenix %s: %s%n", failed.getCommandName(), failure.getMessage());
              return 1;
            })
        .execute(arguments);
  }
}
