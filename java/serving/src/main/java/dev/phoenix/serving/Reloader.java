package dev.phoenix.serving;

import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.Rejection.Reason;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Loads models into an engine on its own thread, one at a time. It loads the folder that the server
 * was started with, or a sibling folder.
 */
public final class Reloader implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Reloader.class.getName());

  private final ServingEngine engine;
  private final Path folder;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("reload").factory());

  /** Creates a reloader of the models in {@code folder} and its sibling folders. */
  public Reloader(ServingEngine engine, Path folder) {
    this.engine = engine;
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Begins to load a model. The current model serves until the load has succeeded.
   *
   * @param name the name of a sibling folder; empty for the folder that the server was started with
   * @return false if a model is being loaded already
   * @throws Rejection if there is no such folder, or the reloader is closed
   */
  public boolean begin(String name) {
    Artifacts artifacts = new Artifacts(resolve(name));
    if (!busy.compareAndSet(false, true)) {
      return false;
    }
    try {
      thread.execute(() -> load(artifacts));
    } catch (RejectedExecutionException closed) {
      busy.set(false);
      throw new Rejection(Reason.DRAINING, "the server is shutting down");
    }
    return true;
  }

  private void load(Artifacts artifacts) {
    try {
      engine.load(artifacts);
    } catch (CancellationException stopped) {
      LOG.log(Level.INFO, "the reload was given up, because the server is shutting down");
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "the reload failed; the model before serves on", failed);
    } finally {
      busy.set(false);
    }
  }

  private Path resolve(String name) {
    if (name.isEmpty()) {
      return folder;
    }
    Path parent = folder.getParent();
    if (parent != null && !name.contains("/") && !name.contains("\\") && !name.startsWith(".")) {
      try {
        Path found = parent.resolve(name);
        if (Files.isDirectory(found)) {
          return found;
        }
      } catch (InvalidPathException notAName) {
        throw new Rejection(Reason.INVALID, "the model's name is not one of a folder");
      }
    }
    throw new Rejection(Reason.INVALID, "there is no model of this name beside the current one");
  }

  /** Whether a model is being loaded. */
  public boolean isBusy() {
    return busy.get() || engine.isLoading();
  }

  /** Accepts no more loads; a running load ends normally. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
