package dev.phoenix.cli;

import dev.phoenix.ops.GradientOps;
import dev.phoenix.pipeline.Backend;
import picocli.CommandLine.Option;

/** The options for backend and threads. */
final class PlaceOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "Where to compute: auto, cpu, cuda or emulated (default: auto). auto takes cuda"
              + " if it can run, else cpu, and prints its choice; a backend given by name is never"
              + " replaced by another.")
  private Backend backend = Backend.AUTO;

  @Option(names = "--threads", paramLabel = "N", description = "Cores to use (default: all).")
  private int threads = Runtime.getRuntime().availableProcessors();

  PlaceOptions() {}

  Backend backend() {
    return backend;
  }

  /** The cores to use, at least 1. */
  int threads() {
    if (threads < 1) {
      throw new IllegalArgumentException("--threads must be at least 1, found " + threads);
    }
    return threads;
  }

  /** Opens the backend for training. */
  GradientOps openTraining() {
    return backend.openTraining(threads());
  }
}
