package dev.phoenix.cli;

import dev.phoenix.testing.RepositoryFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import picocli.CommandLine;

/**
 * One run of the command line inside the test's JVM.
 *
 * @param exitCode the exit code
 * @param out the standard output
 * @param err the standard error
 */
record CommandRun(int exitCode, String out, String err) {
  /** The repository, from which the command line finds the demo checkpoint and the golden cases. */
  static final Path REPOSITORY = RepositoryFiles.path(".").normalize();

  static CommandRun of(String... arguments) {
    System.setProperty("phoenix.home", REPOSITORY.toString());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    int exitCode = command.execute(arguments);
    command.getOut().flush();
    command.getErr().flush();
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
