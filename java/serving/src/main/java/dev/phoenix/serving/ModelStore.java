package dev.phoenix.serving;

import dev.phoenix.feature.HistoryCut;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Holds the current version of the model and replaces it by new ones. */
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
  private volatile HistoryCut historyCut = HistoryCut.ALL;
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
   * Loads and warms up a version and makes it current. If this fails, the old version stays current
   * and the new one is closed.
   *
   * @return the nanoseconds of a full batch at the end of the warm-up
   */
  synchronized long load(Artifacts artifacts) {
    if (closed) {
      throw new CancellationException("the server ends, so the model is not loaded");
    }
    loading.set(true);
    long begin = System.nanoTime();
    try {
      ModelVersion next = open(artifacts);
      long batchNanos;
      try {
        requirement.accept(next.info());
        widenCut(next.info().historyCut());
        batchNanos = new WarmUp(next, options.batchSize(), () -> closed).run();
        next.corpora().adopt();
      } catch (RuntimeException | Error failed) {
        Closer version = new Closer();
        version.own(() -> next.release(Runnable::run));
        version.closeAfter(failed);
        throw failed;
      }
      loaded++;
      ModelVersion old = current.getAndSet(next);
      historyCut = next.info().historyCut();
      if (old != null) {
        closeReplaced(old);
      }
      metrics.loaded();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      LOG.log(Level.INFO, "model {0} serves, loaded in {1}", next.info().version(), took);
      return batchNanos;
    } catch (RuntimeException | Error failed) {
      ModelInfo serves = info();
      historyCut = serves == null ? HistoryCut.ALL : serves.historyCut();
      if (!(failed instanceof CancellationException)) {
        metrics.loadFailed();
      }
      throw failed;
    } finally {
      loading.set(false);
    }
  }

  /** The new model serves already, so a failure to close the old one does not fail the load. */
  private static void closeReplaced(ModelVersion old) {
    try {
      old.release(Runnable::run);
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "model " + old.info().version() + " could not be closed", failed);
    }
  }

  /** Keeps as much of histories as the model that is loaded and the one that serves read. */
  private void widenCut(HistoryCut next) {
    if (current.get() != null) {
      historyCut = historyCut.cover(next);
    }
  }

  /** What is read of a history, by the model that serves and by one that is being loaded. */
  HistoryCut historyCut() {
    return historyCut;
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

  /** The current version's info; null before the first is loaded. */
  @Nullable ModelInfo info() {
    ModelVersion version = current.get();
    return version == null ? null : version.info();
  }

  /** The current version with a reference for the caller; null if there is none. */
  @Nullable ModelVersion acquire() {
    while (true) {
      ModelVersion version = current.get();
      if (version == null || version.acquire()) {
        return version;
      }
    }
  }

  /** Sets a check that every further model must pass before its warm-up. */
  void require(Consumer<ModelInfo> newRequirement) {
    requirement = newRequirement;
  }

  /**
   * Releases a reference of {@link #acquire}. The last release of a version closes it on another
   * thread.
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
   * Closes the current version and waits until all unreferenced versions are closed. A running load
   * stops before its next batch of warm-up. Idempotent.
   */
  @Override
  public void close() {
    // Set before the lock is taken, because a load holds the lock until it ends.
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
