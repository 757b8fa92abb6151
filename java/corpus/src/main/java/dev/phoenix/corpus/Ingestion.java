package dev.phoenix.corpus;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Copies changes from a source to a corpus on a separate thread. Changes are acknowledged to the
 * source once they are durable, so each is applied at least once; applying one again has no effect.
 * A change that cannot be applied ends the ingestion with a failure, and it and later changes are
 * not acknowledged. Closing the corpus ends the ingestion without a failure.
 */
public final class Ingestion implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Ingestion.class.getName());
  private static final Duration PATIENCE = Duration.ofMillis(100);
  private static final Duration BUSY = Duration.ofMillis(5);

  /** How long {@link #close} waits for the polled changes before it interrupts the thread. */
  private static final Duration LAST_CHANGES = Duration.ofSeconds(2);

  private final PostSource source;
  private final LiveCorpus corpus;
  private final AtomicLong changes = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable RuntimeException failure;

  private Ingestion(PostSource source, LiveCorpus corpus) {
    this.source = source;
    this.corpus = corpus;
    this.thread = Thread.ofPlatform().name("ingestion " + corpus.name()).daemon().start(this::run);
  }

  /** Starts the ingestion, which closes {@code source} at its end. The corpus stays open. */
  public static Ingestion start(PostSource source, LiveCorpus corpus) {
    return new Ingestion(source, corpus);
  }

  private void run() {
    try (source) {
      while (!closed) {
        List<PostChange> polled = source.poll(PATIENCE);
        if (!polled.isEmpty()) {
          write(polled);
          source.acknowledge();
          changes.addAndGet(polled.size());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CorpusClosedException ended) {
      LOG.log(Level.DEBUG, "the ingestion into the corpus {0} has ended with it", corpus.name());
    } catch (RuntimeException failed) {
      fail(failed);
    } catch (Error failed) {
      fail(new CorpusException("the ingestion met an error: " + failed, failed));
    }
  }

  private void fail(RuntimeException failed) {
    failure = failed;
    if (closed) {
      LOG.log(
          Level.WARNING,
          "the source of the corpus {0} was closed before it acknowledged the last changes: {1}",
          corpus.name(),
          failed);
      return;
    }
    LOG.log(Level.ERROR, "the ingestion into the corpus " + corpus.name() + " has ended", failed);
  }

  /** Applies the last change of each post, so the order among posts does not matter. */
  private void write(List<PostChange> polled) throws InterruptedException {
    SequencedMap<Long, PostChange> last = new LinkedHashMap<>();
    polled.forEach(change -> last.put(change.postId(), change));
    List<Post> posts = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    for (PostChange change : last.values()) {
      switch (change) {
        case PostChange.Put put -> posts.add(put.post());
        case PostChange.Remove remove -> removed.add(remove.postId());
      }
      if (posts.size() + removed.size() == corpus.mostChanges()) {
        write(posts, removed);
        posts.clear();
        removed.clear();
      }
    }
    write(posts, removed);
  }

  private void write(List<Post> posts, List<Long> removed) throws InterruptedException {
    while (true) {
      try {
        corpus.change(posts, removed).join();
        return;
      } catch (CorpusBusyException busy) {
        Thread.sleep(BUSY);
      }
    }
  }

  /** The number of changes made durable. */
  public long changes() {
    return changes.get();
  }

  /** The failure that ended the ingestion; null if there is none. */
  public @Nullable RuntimeException failure() {
    return failure;
  }

  /** Waits up to {@code patience} for the ingestion to end; returns whether it has ended. */
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return thread.join(patience);
  }

  /**
   * Ends the ingestion after the polled changes. If that takes too long, the thread is interrupted;
   * the source will deliver unacknowledged changes again. Idempotent.
   */
  @Override
  public void close() {
    closed = true;
    try {
      if (!thread.join(LAST_CHANGES)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
