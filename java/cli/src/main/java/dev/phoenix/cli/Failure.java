package dev.phoenix.cli;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.corpus.CorpusException;
import dev.phoenix.dataset.DatasetException;
import dev.phoenix.device.DeviceException;
import dev.phoenix.evaluation.MetricException;
import dev.phoenix.kernels.MissingKernelException;
import dev.phoenix.model.NotFiniteException;
import dev.phoenix.pipeline.BackendException;
import dev.phoenix.training.run.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;

/** Prints failures: one line, and the stack trace only if asked for. */
final class Failure {
  private Failure() {}

  /** Prints {@code failure} and returns the exit code. */
  static int report(Exception failure, CommandLine command, boolean withStack) {
    String text = command.getColorScheme().errorText("phoenix: " + message(failure)).toString();
    command.getErr().println(text);
    if (withStack) {
      failure.printStackTrace(command.getErr());
    }
    command.getErr().flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Prints a usage error and a pointer to the help text; returns the exit code. */
  static int reportUsage(CommandLine.ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String text = command.getColorScheme().errorText("phoenix: " + failure.getMessage()).toString();
    command.getErr().println(text);
    CommandLine.UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    command.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static String message(Exception failure) {
    if (failure instanceof CheckpointException
        || failure instanceof DatasetException
        || failure instanceof MetricException
        || failure instanceof TrainingException
        || failure instanceof BackendException
        || failure instanceof CorpusException
        || failure instanceof MissingKernelException
        || failure instanceof DeviceException
        || failure instanceof NotFiniteException
        || failure instanceof IllegalArgumentException) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof UncheckedIOException || failure instanceof IOException) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      String message = String.valueOf(failure.getMessage());
      String type = cause.getClass().getSimpleName();
      String reason = cause.getMessage();
      if (reason == null) {
        return "%s (%s)".formatted(message, type);
      }
      return message.contains(reason) ? message : "%s: %s (%s)".formatted(message, reason, type);
    }
    return "internal error, please report it with --verbose: " + failure;
  }
}
