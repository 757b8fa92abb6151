package dev.phoenix.corpus;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies changes from a source to a corpus on a separate thread. The corpus keeps how far the
 * source was read in one step with the changes, so each change is applied exactly once; applying
 * one again has no effect. A change that the corpus cannot take, such as a post without a finite
 * vector, is skipped and counted. Ingestion waits while the corpus is busy or its disk is full; any
 * other failure ends it. Closing the corpus ends it without a failure.
 */
public final class Ingestion implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Ingestion.class.getName());
  private static final Duration PATIENCE = Duration.ofMillis(100);
  private static final Duration BUSY = Duration.ofMillis(5);
  private static final Duration UNAVAILABLE = Duration.ofMillis(500);

  /** How often positions are written that come without changes. */
  private static final Duration POSITIONS = Duration.ofSeconds(10);

  /** How long {@link #close} waits for the polled changes before it interrupts the thread. */
  private static final Duration LAST_CHANGES = Duration.ofSeconds(2);

  private final PostSource source;
  private final LiveCorpus corpus;
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Map<SourcePosition.Partition, SourcePosition> unwritten = new LinkedHashMap<>();
  private final Thread thread;
  private long lastWrite = System.nanoTime();
  private boolean waiting;
  private volatile boolean closed;
  private volatile PostSource.@Nullable Progress progress;
  private volatile @Nullable RuntimeException failure;

  private Ingestion(PostSource source, LiveCorpus corpus) {
    this.source = source;
    this.corpus = corpus;
    this.thread = Thread.ofPlatform().name("ingestion " + corpus.name()).daemon().start(this::run);
  }

  /**
   * Starts the ingestion where the corpus says that it ended; it closes {@code source} at its end.
   * The corpus stays open.
   */
  public static Ingestion start(PostSource source, LiveCorpus corpus) {
    return new Ingestion(source, corpus);
  }

  private void run() {
    try (source) {
      source.begin(corpus.positions());
      while (!closed) {
        PostSource.Batch batch = source.poll(PATIENCE);
        write(batch);
        progress = source.progress();
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
    if (closed) {
      LOG.log(
          Level.DEBUG,
          "the source of the corpus {0} was closed while it was read: {1}",
          corpus.name(),
          failed);
      return;
    }
    failure = failed;
    LOG.log(Level.ERROR, "the ingestion into the corpus " + corpus.name() + " has ended", failed);
  }

  private void write(PostSource.Batch batch) throws InterruptedException {
    batch.reached().forEach(position -> unwritten.put(position.ofPartition(), position));
    boolean isLate = System.nanoTime() - lastWrite >= POSITIONS.toNanos();
    if (batch.entries().isEmpty() && (unwritten.isEmpty() || !isLate)) {
      return;
    }
    List<SourcePosition> reached = List.copyOf(unwritten.values());
    try {
      write(batch.entries(), reached);
      changes.addAndGet(batch.entries().size());
    } catch (IllegalArgumentException wrong) {
      writeOneByOne(batch.entries());
      write(List.of(), reached);
    }
    unwritten.clear();
    lastWrite = System.nanoTime();
  }

  /** Writes what can be written of changes that are refused together. */
  private void writeOneByOne(List<PostSource.Entry> entries) throws InterruptedException {
    for (PostSource.Entry entry : entries) {
      try {
        write(List.of(entry), List.of());
        changes.incrementAndGet();
      } catch (IllegalArgumentException wrong) {
        refused.incrementAndGet();
        LOG.log(Level.WARNING, "skipped the record {0}: {1}", entry.at(), wrong.getMessage());
      }
    }
  }

  /**
   * Applies the last change of each post, so the order among posts does not matter; the positions
   * go with the last of them.
   */
  private void write(List<PostSource.Entry> entries, List<SourcePosition> reached)
      throws InterruptedException {
    SequencedMap<Long, PostChange> last = new LinkedHashMap<>();
    entries.forEach(entry -> last.put(entry.change().postId(), entry.change()));
    List<Post> posts = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    int left = last.size();
    for (PostChange change : last.values()) {
      switch (change) {
        case PostChange.Put put -> posts.add(put.post());
        case PostChange.Remove remove -> removed.add(remove.postId());
      }
      if (--left > 0 && posts.size() + removed.size() == corpus.mostChanges()) {
        write(() -> ChangeRequest.of(posts, removed));
        posts.clear();
        removed.clear();
      }
    }
    write(() -> ChangeRequest.of(posts, removed, reached));
  }

  /** Makes a request until the corpus takes it. */
  private void write(Supplier<ChangeRequest> request) throws InterruptedException {
    while (true) {
      try {
        var _ = WriterThread.result(corpus.change(request.get()));
        waiting = false;
        return;
      } catch (CorpusBusyException busy) {
        Thread.sleep(BUSY);
      } catch (CorpusUnavailableException full) {
        if (!waiting) {
          waiting = true;
          LOG.log(
              Level.WARNING,
              "the ingestion into the corpus {0} waits: {1}",
              corpus.name(),
              full.getMessage());
        }
        if (closed) {
          throw full;
        }
        Thread.sleep(UNAVAILABLE);
      }
    }
  }

  /** The number of changes made durable. */
  public long changes() {
    return changes.get();
  }

  /** The number of changes that were skipped because the corpus cannot take them. */
  public long refused() {
    return refused.get();
  }

  /** How far the source was read, all of it durable; null before the first poll. */
  public PostSource.@Nullable Progress progress() {
    return progress;
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
   * changes that the corpus did not keep are read again by the next ingestion. Idempotent.
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
