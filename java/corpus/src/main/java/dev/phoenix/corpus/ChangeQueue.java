package dev.phoenix.corpus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a corpus's writer thread: change requests in order, and tasks to run between two
 * writes.
 */
final class ChangeQueue {
  /** Most changes in one write to the log. */
  private static final int MAX_TOGETHER = 8192;

  private final int mostQueued;
  private final ChangeCodec codec;
  private final Deque<ChangeRequest> requests = new ArrayDeque<>();
  private final Deque<Runnable> between = new ArrayDeque<>();
  private int queued;
  private boolean closed;
  private @Nullable Throwable ended;

  /**
   * Creates an empty queue.
   *
   * @param mostQueued the most changes that may wait
   * @param codec bounds the size of a turn, which must fit in one frame of the log
   */
  ChangeQueue(int mostQueued, ChangeCodec codec) {
    this.mostQueued = mostQueued;
    this.codec = codec;
  }

  /**
   * The next step of the writer.
   *
   * @param between tasks to run first
   * @param requests requests to write together afterwards
   */
  record Turn(List<Runnable> between, List<ChangeRequest> requests) {}

  /**
   * Adds a request to the queue.
   *
   * @throws CorpusBusyException if too many changes wait
   * @throws CorpusException if the writer has failed
   * @throws CorpusClosedException if the queue is closed
   */
  synchronized void add(ChangeRequest request) {
    if (ended != null) {
      throw endedBy(ended);
    }
    if (closed) {
      throw new CorpusClosedException();
    }
    if (queued > 0 && queued + request.size() > mostQueued) {
      throw new CorpusBusyException(queued, mostQueued);
    }
    requests.addLast(request);
    queued += request.size();
    notifyAll();
  }

  /**
   * Schedules {@code work} on the writer thread before the next write; returns false if the queue
   * is closed.
   */
  synchronized boolean doBetween(Runnable work) {
    if (closed) {
      return false;
    }
    between.addLast(work);
    notifyAll();
    return true;
  }

  /**
   * Passes turns to {@code writer} until the queue is closed and empty. If the writer fails, all
   * waiting and later requests fail, so that no caller waits forever.
   */
  void serve(Consumer<Turn> writer) throws InterruptedException {
    @Nullable Turn turn = null;
    try {
      for (turn = take(); turn != null; turn = take()) {
        writer.accept(turn);
      }
    } catch (InterruptedException | RuntimeException | Error failed) {
      List<ChangeRequest> unanswered = end(failed);
      if (turn != null) {
        unanswered.addAll(turn.requests());
      }
      unanswered.forEach(request -> request.done().completeExceptionally(endedBy(failed)));
      throw failed;
    }
  }

  /** Closes the queue, empties it and returns the waiting requests. */
  private synchronized List<ChangeRequest> end(Throwable cause) {
    closed = true;
    ended = cause;
    List<ChangeRequest> waiting = new ArrayList<>(requests);
    requests.clear();
    between.clear();
    return waiting;
  }

  private static CorpusException endedBy(Throwable cause) {
    return new CorpusException(
        "the corpus accepts no further changes because its writer has failed: %s; restart the server"
            .formatted(cause),
        cause);
  }

  /** Waits for work; null once the queue is closed and empty. */
  synchronized @Nullable Turn take() throws InterruptedException {
    while (requests.isEmpty() && between.isEmpty()) {
      if (closed) {
        return null;
      }
      wait();
    }
    Turn turn = new Turn(new ArrayList<>(between), new ArrayList<>());
    between.clear();
    int together = 0;
    long bytes = 0;
    while (!requests.isEmpty()) {
      ChangeRequest request = requests.getFirst();
      int changes = together + request.size();
      bytes += codec.mostBytes(request);
      if (together > 0 && (changes > MAX_TOGETHER || bytes > LogFrame.MAX_PAYLOAD_BYTES)) {
        break;
      }
      together = changes;
      turn.requests().add(requests.removeFirst());
    }
    queued -= together;
    return turn;
  }

  /** Rejects further requests; waiting requests are still written. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
