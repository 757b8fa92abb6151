package dev.phoenix.corpus;

import dev.phoenix.lifecycle.LoopEndedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The one thread that changes a corpus: it writes requests, and does other work between writes. */
final class WriterThread {
  private static final System.Logger LOG = System.getLogger(WriterThread.class.getName());
  private static final Duration POLL_INTERVAL = Duration.ofMillis(1);

  private final String name;
  private final ChangeQueue queue;
  private final Consumer<List<ChangeRequest>> writing;
  private final Thread thread;

  private WriterThread(String name, ChangeQueue queue, Consumer<List<ChangeRequest>> writing) {
    this.name = name;
    this.queue = queue;
    this.writing = writing;
    this.thread = Thread.ofPlatform().name("corpus " + name).daemon().unstarted(this::run);
  }

  /**
   * Starts the writer of the corpus {@code name}, which passes each batch of requests to {@code
   * writing}.
   */
  static WriterThread start(String name, ChangeQueue queue, Consumer<List<ChangeRequest>> writing) {
    WriterThread writer = new WriterThread(name, queue, writing);
    writer.thread.start();
    return writer;
  }

  private void run() {
    try {
      queue.serve(
          turn -> {
            turn.between().forEach(this::runBetween);
            writing.accept(turn.requests());
          });
    } catch (InterruptedException | RuntimeException | Error failed) {
      throw new LoopEndedException("the writer of the corpus " + name, failed);
    }
  }

  private void runBetween(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "the corpus " + name + " failed between two writes", failed);
    }
  }

  /**
   * Runs {@code work} on the writer thread between two writes and waits until it has finished.
   *
   * @throws CorpusClosedException if the corpus is closed
   * @throws CorpusException if the writer thread has failed
   */
  void runBetweenWrites(Runnable work) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    boolean taken =
        queue.doBetween(
            () -> {
              try {
                work.run();
                done.complete(0);
              } catch (RuntimeException | Error failed) {
                done.completeExceptionally(failed);
              }
            });
    if (!taken) {
      throw new CorpusClosedException();
    }
    try {
      while (!done.isDone() && !thread.join(POLL_INTERVAL)) {
        // The writer is still running.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CorpusException("interrupted while the corpus " + name + " was taken over", e);
    }
    done.completeExceptionally(new CorpusException("the writer of the corpus " + name + " ended"));
    var _ = result(done);
  }

  /** Waits for {@code done} and returns its value; rethrows its exception unwrapped. */
  static int result(CompletableFuture<Integer> done) {
    try {
      return done.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    }
  }

  /** Waits until the writer has ended. */
  void join() throws InterruptedException {
    thread.join();
  }
}
