package dev.phoenix.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The files of an inference. */
final class InferOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Folder with config.json and model_params.npz.")
  private Path model = Path.of("");

  @Option(
      names = "--inputs",
      required = true,
      paramLabel = "FILE",
      description = "Batch to run, with the array names and shapes of the reference.")
  private Path inputs = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where to write the outputs; the file appears only when it is complete.")
  private Path out = Path.of("");

  InferOptions() {}

  Path model() {
    return model;
  }

  Path inputs() {
    return inputs;
  }

  Path out() {
    return out;
  }
}
