package dev.phoenix.pipeline;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProvider;
import dev.phoenix.device.Devices;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.gpu.GpuGradientOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ops.gpu.TablePlacement;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the graph runs. {@link #AUTO} chooses the best available backend and logs the choice; a
 * backend that is named explicitly is never replaced by another.
 */
public enum Backend {
  /** CUDA if it can run, else the CPU. */
  AUTO,
  /** The CPU cores of this machine. */
  CPU,
  /** An NVIDIA GPU. */
  CUDA,
  /** The GPU kernels, executed by an emulator on the CPU. */
  EMULATED;

  private static final System.Logger LOG = System.getLogger(Backend.class.getName());

  /** A module that a program on the class path has to ask for. */
  private static final String VECTORS = "jdk.incubator.vector";

  /**
   * The choice of {@link #AUTO}.
   *
   * @param backend {@link #CUDA} or {@link #CPU}
   * @param reason why, in one line
   */
  public record Choice(Backend backend, String reason) {}

  /**
   * Returns the choice of {@link #AUTO} for a precision; null means the backend's default
   * precision.
   */
  public static Choice choose(@Nullable Precision precision) {
    if (precision == Precision.FLOAT32) {
      return new Choice(CPU, "float32 was asked for, and the GPU computes in bfloat16");
    }
    if (!GpuOps.hasKernels()) {
      return new Choice(CPU, "this build has no GPU kernels: it was made without nvcc");
    }
    DeviceProvider provider = CUDA.find();
    if (provider == null) {
      return new Choice(CPU, "this build has no CUDA device");
    }
    DeviceProvider.Availability found = provider.availability();
    return new Choice(found.devices() > 0 ? CUDA : CPU, found.reason());
  }

  private @Nullable DeviceProvider find() {
    return Devices.providers().stream()
        .filter(provider -> provider.name().equals(label()))
        .findFirst()
        .orElse(null);
  }

  /**
   * Opens the backend in the precision it is best at: bfloat16 on a GPU, float32 on the CPU. {@link
   * #AUTO} says in one line of the log which it took.
   *
   * @param threads cores to use where the backend is the CPU
   * @throws BackendException if it cannot run here
   */
  public Ops open(int threads) {
    return open(null, threads);
  }

  /**
   * Opens the backend.
   *
   * @param precision of the forward pass; null: float32 on the CPU, bfloat16 on a GPU
   * @param threads CPU threads; ignored by a GPU
   * @throws BackendException if this backend was named explicitly and cannot run here
   */
  public Ops open(@Nullable Precision precision, int threads) {
    return open(precision, threads, TablePlacement.AUTO);
  }

  /**
   * Opens the backend with a placement of embedding tables for a GPU. The CPU ignores {@code
   * tables} and reads mapped files.
   */
  public Ops open(@Nullable Precision precision, int threads, TablePlacement tables) {
    return switch (this) {
      case AUTO -> openBest(precision, backend -> backend.open(precision, threads, tables));
      case CPU -> onCpu(() -> CpuOps.create(precisionOnCpu(precision), threads));
      case CUDA, EMULATED -> openDevice(precision, tables);
    };
  }

  /**
   * Opens the backend for training: float32 on the CPU; on a GPU matrix products in bfloat16 with
   * parameters and optimizer moments in float32.
   *
   * @param threads CPU threads; ignored by a GPU
   * @throws BackendException if this backend was named explicitly and cannot run here
   */
  public GradientOps openTraining(int threads) {
    return switch (this) {
      case AUTO -> openBest(null, backend -> backend.openTraining(threads));
      case CPU -> onCpu(() -> CpuGradientOps.create(threads));
      case CUDA, EMULATED -> onDevice(() -> GpuGradientOps.open(label()));
    };
  }

  private static Precision precisionOnCpu(@Nullable Precision asked) {
    return asked == null ? Precision.FLOAT32 : asked;
  }

  private static <T> T openBest(@Nullable Precision precision, Function<Backend, T> open) {
    Choice choice = choose(precision);
    Backend backend = choice.backend();
    Precision taken = backend == CPU ? precisionOnCpu(precision) : Precision.BFLOAT16;
    try {
      T ops = open.apply(backend);
      LOG.log(Level.INFO, "backend {0} in {1}: {2}", backend.label(), taken, choice.reason());
      return ops;
    } catch (BackendException failed) {
      LOG.log(Level.WARNING, "backend cpu: {0}", failed.getMessage());
      return open.apply(CPU);
    }
  }

  private Ops openDevice(@Nullable Precision precision, TablePlacement tables) {
    if (precision == Precision.FLOAT32) {
      throw cannotRun(
          "it computes in bfloat16 only",
          "use --precision bfloat16, or --backend cpu for float32",
          null);
    }
    return onDevice(() -> GpuOps.open(label(), tables));
  }

  private <T> T onCpu(Supplier<T> open) {
    if (ModuleLayer.boot().findModule(VECTORS).isEmpty()) {
      throw cannotRun(
          "the JVM was started without the Vector API",
          "start it with --add-modules=" + VECTORS,
          null);
    }
    return open.get();
  }

  private <T> T onDevice(Supplier<T> open) {
    if (!GpuOps.hasKernels()) {
      throw cannotRun(
          "this build has no GPU kernels: it was made without nvcc",
          "put the CUDA toolkit's nvcc on the path and build again, or use --backend cpu",
          null);
    }
    try {
      return open.get();
    } catch (DeviceException refused) {
      throw cannotRun(refused.call() + ": " + refused.error(), refused.hint(), refused);
    }
  }

  private BackendException cannotRun(String reason, String remedy, @Nullable Throwable cause) {
    return new BackendException(
        "backend %s cannot run: %s; %s".formatted(label(), reason, remedy), cause);
  }

  /** The name as the command line and the reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}
