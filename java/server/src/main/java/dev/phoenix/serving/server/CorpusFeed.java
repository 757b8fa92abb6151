package dev.phoenix.serving.server;

import dev.phoenix.corpus.Ingestion;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.lifecycle.LoopEndedException;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a live corpus from a source while the server runs. It starts when a model is loaded,
 * reopens the source after a failure, and follows the corpus when a model with another tower takes
 * over. A source that fails after it was read once to the end that it had at the start does not
 * affect the server's readiness.
 */
final class CorpusFeed implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CorpusFeed.class.getName());
  private static final Duration GLANCE = Duration.ofMillis(200);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final ServingEngine engine;
  private final String corpus;
  private final Supplier<PostSource> sources;
  private final Pauses pauses;
  private final FeedFigures figures;
  private final CompletableFuture<Boolean> reachedStart = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closed;

  /** How the feed waits. */
  @FunctionalInterface
  interface Pauses {
    /** Returns after {@code length}. */
    void take(Duration length) throws InterruptedException;
  }

  private CorpusFeed(
      ServingEngine engine, String corpus, Supplier<PostSource> sources, Pauses pauses) {
    this.engine = engine;
    this.corpus = corpus;
    this.sources = sources;
    this.pauses = pauses;
    this.figures = new FeedFigures(engine.metrics());
    this.thread = Thread.ofPlatform().name("corpus feed").daemon().start(this::run);
  }

  /**
   * Starts a feed.
   *
   * @param corpus the corpus' name; empty for the default one
   * @param sources opens the source, again after every failure
   * @param pauses between two looks for a model, and after failures, each longer than the one
   *     before
   */
  static CorpusFeed start(
      ServingEngine engine, String corpus, Supplier<PostSource> sources, Pauses pauses) {
    return new CorpusFeed(engine, corpus, sources, pauses);
  }

  /**
   * Completes once the corpus has everything that the source held when it was first opened; not at
   * all if that never happens.
   */
  CompletableFuture<Boolean> reachedStart() {
    return reachedStart;
  }

  private void run() {
    Duration wait = FIRST_PAUSE;
    try {
      while (!closed) {
        LiveCorpus target = target();
        if (target == null) {
          pauses.take(GLANCE);
          continue;
        }
        long before = figures.changes();
        boolean works = feed(target);
        wait = works || figures.changes() > before ? FIRST_PAUSE : wait;
        if (!works) {
          figures.failed();
          pauses.take(wait);
          Duration longer = wait.multipliedBy(2);
          wait = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failed) {
      throw new LoopEndedException("the feed of the topic", failed);
    }
  }

  /** The corpus of the current model; null before the first is loaded. */
  private @Nullable LiveCorpus target() {
    try {
      return engine.withCorpora(corpora -> corpora.live(corpus));
    } catch (Rejection loading) {
      return null;
    }
  }

  /** Feeds {@code target} while it is the current corpus; returns false on failure. */
  private boolean feed(LiveCorpus target) throws InterruptedException {
    try {
      Ingestion ingestion = Ingestion.start(sources.get(), target);
      figures.opened();
      try {
        boolean ended = false;
        while (!ended && !closed && target() == target) {
          ended = ingestion.awaitEnd(GLANCE);
          count(ingestion);
        }
      } finally {
        ingestion.close();
        count(ingestion);
      }
      return ingestion.failure() == null;
    } catch (RuntimeException failed) {
      if (!closed) {
        LOG.log(
            Level.WARNING, "posts cannot be ingested; tried again later: {0}", failed.toString());
      }
      return false;
    }
  }

  private void count(Ingestion ingestion) {
    figures.count(ingestion);
    PostSource.@Nullable Progress progress = ingestion.progress();
    if (progress != null && progress.reachedStart()) {
      reachedStart.complete(true);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
