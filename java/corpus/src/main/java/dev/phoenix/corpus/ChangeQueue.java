package dev.phoenix.corpus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What waits for a corpus's writer: requests, in order, and work between two writes. */
final class ChangeQueue {
  /** Changes of one write to the log. */
  private static final int MAX_TOGETHER = 8192;

  private final int mostQueued;
  private final ChangeCodec codec;
  private final Deque<ChangeRequest> requests = new ArrayDeque<>();
  private final Deque<Runnable> between = new ArrayDeque<>();
  private int queued;
  private boolean closed;
  private @Nullable Throwable ended;

  /**
   * An empty queue.
   *
   * @param mostQueued changes that may wait
   * @param codec says what a turn takes in the log, where it has to fit into one frame
   */
  ChangeQueue(int mostQueued, ChangeCodec codec) {
    this.mostQueued = mostQueued;
    this.codec = codec;
  }

  /**
   * What the writer does next.
   *
   * @param between work to do first
   * @param requests to be written together
   */
  record Turn(List<Runnable> between, List<ChangeRequest> requests) {}

  /**
   * Puts a request into the queue.
   *
   * @throws CorpusBusyException where too many changes wait
   * @throws CorpusException where the writer has ended before its time
   * @throws CorpusClosedException where the queue is closed
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

  /** Has the writer do {@code work} before the next write, unless the queue is closed. */
  synchronized boolean doBetween(Runnable work) {
    if (closed) {
      return false;
    }
    between.addLast(work);
    notifyAll();
    return true;
  }

  /**
   * Gives {@code writer} one turn after the other, until the queue is closed and empty. If anything
   * ends that before its time, every request that was or is given in fails, so that nobody waits
   * for a writer that is gone.
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

  /** Takes no more and gives nothing out any more; returns the requests that waited. */
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
        "the corpus takes no changes any more, its writer has ended: %s; restart to go on"
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

  /** Takes no more; what is there is still given out. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
