package dev.phoenix.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs {@code bench/peers/train_torch.py} in a process and sends it one command a line. */
final class TorchPeer implements AutoCloseable {
  /** The property with the path of a Python that has PyTorch; if unset, there is no peer. */
  static final String PROPERTY = "phoenix.bench.python";

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter commands;
  private final String version;

  private TorchPeer(Process process) {
    this.process = process;
    this.answers = process.inputReader();
    this.commands = process.outputWriter();
    this.version = answer().replace("ready ", "");
  }

  /** Whether the property is set. */
  static boolean isNamed() {
    return System.getProperty(PROPERTY) != null;
  }

  /** Starts a peer on the model and batch in {@code directory}; null if no Python is named. */
  static @Nullable TorchPeer start(Path directory, int threads) {
    String python = System.getProperty(PROPERTY);
    if (python == null) {
      return null;
    }
    Path script = RepositoryFiles.find("bench/peers/train_torch.py");
    ProcessBuilder builder =
        new ProcessBuilder(
                python, script.toString(), directory.toString(), Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    try {
      return new TorchPeer(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("the peer cannot be started with " + python, e);
    }
  }

  /** The version, such as "PyTorch 2.13.0". */
  String version() {
    return version;
  }

  /** One training step; returns the loss before it. */
  double step() {
    return Double.parseDouble(ask("step"));
  }

  /** Writes loss and gradients to {@code file}. */
  void check(Path file) {
    ask("check " + file);
  }

  private String ask(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the peer does not accept commands", e);
    }
    return answer();
  }

  private String answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the peer ended; its error output says why");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException("the peer gives no answer", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
