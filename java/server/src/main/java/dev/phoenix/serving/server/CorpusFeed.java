package dev.phoenix.serving.server;

import dev.phoenix.corpus.Ingestion;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.lifecycle.LoopEndedException;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a live corpus from a source while the server runs. It starts when a model is loaded,
 * reopens the source after a failure, and follows the corpus when a model with another tower takes
 * over. A failing source does not affect the server's readiness.
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
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
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
    engine.metrics().watch("phoenix_ingestion_changes", "Changes ingested", changes::get);
    engine
        .metrics()
        .watch("phoenix_ingestion_malformed", "Malformed records skipped", malformed::get);
    engine.metrics().watch("phoenix_ingestion_failures", "Failures of the source", failures::get);
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

  private void run() {
    Duration wait = FIRST_PAUSE;
    try {
      while (!closed) {
        LiveCorpus target = target();
        if (target == null) {
          pauses.take(GLANCE);
          continue;
        }
        long before = changes.get();
        boolean works = feed(target);
        wait = works || changes.get() > before ? FIRST_PAUSE : wait;
        if (!works) {
          failures.incrementAndGet();
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
      PostSource source = sources.get();
      Ingestion ingestion = Ingestion.start(source, target);
      Counts counts = new Counts(source, ingestion, malformed.get(), changes.get());
      try {
        boolean ended = false;
        while (!ended && !closed && target() == target) {
          ended = ingestion.awaitEnd(GLANCE);
          count(counts);
        }
      } finally {
        ingestion.close();
        count(counts);
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

  /** The counters of one ingestion, with the totals before it. */
  private record Counts(
      PostSource source, Ingestion ingestion, long malformedBefore, long changesBefore) {}

  private void count(Counts counts) {
    changes.set(counts.changesBefore() + counts.ingestion().changes());
    malformed.set(counts.malformedBefore() + counts.source().malformed());
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
