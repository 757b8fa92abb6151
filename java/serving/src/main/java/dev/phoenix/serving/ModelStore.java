package dev.phoenix.serving;

import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The current version of the model, and how the next one takes its place. */
final class ModelStore implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ModelStore.class.getName());

  private final EngineOptions options;
  private final Supplier<Ops> backend;
  private final EngineMetrics metrics;
  private final CorpusSource corpora;
  private final AtomicReference<@Nullable ModelVersion> current = new AtomicReference<>();
  private final AtomicBoolean loading = new AtomicBoolean();
  private final ExecutorService closer =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("model-closer").factory());
  private volatile Consumer<ModelInfo> requirement = _ -> {};
  private volatile boolean closed;
  private int loaded;

  ModelStore(
      EngineOptions options, Supplier<Ops> backend, EngineMetrics metrics, CorpusSource corpora) {
    this.options = options;
    this.backend = backend;
    this.metrics = metrics;
    this.corpora = corpora;
  }

  /**
   * Loads, warms up and takes into service; whatever fails leaves the old version serving and
   * nothing behind.
   *
   * @return nanoseconds that a full batch took at the end of the warm-up
   */
  synchronized long load(Artifacts artifacts) {
    if (closed) {
      throw new IllegalStateException("the models are closed");
    }
    loading.set(true);
    long begin = System.nanoTime();
    try {
      ModelVersion next = open(artifacts);
      long batchNanos;
      try {
        requirement.accept(next.info());
        batchNanos = new WarmUp(next, options.batchSize(), () -> closed).run();
      } catch (RuntimeException | Error failed) {
        Closer version = new Closer();
        version.own(() -> next.release(Runnable::run));
        version.closeAfter(failed);
        throw failed;
      }
      loaded++;
      ModelVersion old = current.getAndSet(next);
      if (old != null) {
        old.release(Runnable::run);
      }
      metrics.reload("success");
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      LOG.log(Level.INFO, "model {0} serves, loaded in {1}", next.info().version(), took);
      return batchNanos;
    } catch (RuntimeException | Error failed) {
      metrics.reload("failure");
      throw failed;
    } finally {
      loading.set(false);
    }
  }

  private ModelVersion open(Artifacts artifacts) {
    String number = Integer.toString(loaded + 1);
    int lanes = options.batchesInFlight();
    return ModelVersion.open(
        number,
        artifacts,
        backend,
        new ModelVersion.Layout(
            lanes, options.keptHistoryBytes(), options.rules(), metrics, corpora));
  }

  /** Whether a version is being loaded. */
  boolean isLoading() {
    return loading.get();
  }

  /** What serves; null before the first is loaded. */
  @Nullable ModelInfo info() {
    ModelVersion version = current.get();
    return version == null ? null : version.info();
  }

  /** The current version with a reference for the caller; null where there is none. */
  @Nullable ModelVersion acquire() {
    while (true) {
      ModelVersion version = current.get();
      if (version == null || version.acquire()) {
        return version;
      }
    }
  }

  /** What every model is held against from now on before it is warmed up. */
  void require(Consumer<ModelInfo> newRequirement) {
    requirement = newRequirement;
  }

  /**
   * Gives a reference back that {@link #acquire} gave. Whoever holds the last one of a version does
   * not wait until it is closed.
   */
  void release(ModelVersion version) {
    version.release(
        task -> {
          try {
            closer.execute(task);
          } catch (RejectedExecutionException closedMeanwhile) {
            task.run();
          }
        });
  }

  /**
   * Closes what serves and waits until all versions that nobody holds are closed; a load under way
   * gives up before its next batch of warm-up. Idempotent.
   */
  @Override
  public void close() {
    // Said first: a load holds the lock until it ends.
    closed = true;
    closeLast();
    closer.close();
  }

  private synchronized void closeLast() {
    ModelVersion last = current.getAndSet(null);
    if (last != null) {
      last.release(Runnable::run);
    }
  }
}
