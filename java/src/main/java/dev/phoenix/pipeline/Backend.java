package dev.phoenix.pipeline;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Where the graph runs. {@link #AUTO} takes the best there is and says so in one line; a backend
 * asked for by name never gives way to another.
 */
public enum Backend {
  /** CUDA where it can run, else the CPU. */
  AUTO,
  /** The cores of this machine. */
  CPU,
  /** An NVIDIA GPU. */
  CUDA,
  /** The GPU's own code, executed on the CPU. */
  EMULATED;

  private static final System.Logger LOG = System.getLogger(Backend.class.getName());

  /**
   * Opens the backend.
   *
   * @throws BackendException if it was asked for by name and cannot run here
   */
  public Ops open(Precision precision, int threads) {
    return switch (this) {
      case AUTO -> {
        LOG.log(Level.INFO, "backend cpu: {0}", MISSING);
        yield CpuOps.create(precision, threads);
      }
      case CPU -> CpuOps.create(precision, threads);
      case CUDA, EMULATED ->
          throw new BackendException(
              "backend %s cannot run: %s; use --backend cpu".formatted(label(), MISSING));
    };
  }

  private static final String MISSING = "this version has no CUDA operations yet";

  /** The name as the command line and the reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}
