package dev.phoenix.corpus;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Forwards the changes of a corpus to its successor while a reload replaces the corpus. Only the
 * corpus's writer thread calls it.
 */
final class Handover {
  private static final System.Logger LOG = System.getLogger(Handover.class.getName());
  private static final Duration RETRY_DELAY = Duration.ofMillis(1);

  private final String name;
  private @Nullable LiveCorpus successor;

  /** Creates a handover of the corpus {@code name} that does not forward yet. */
  Handover(String name) {
    this.name = name;
  }

  /** Forwards every change from now on to {@code next}. */
  void begin(LiveCorpus next) {
    successor = next;
  }

  /** Stops forwarding. */
  void end() {
    successor = null;
  }

  /**
   * Applies changes to the successor, if there is one, before they are acknowledged.
   *
   * @return why the changes must not be acknowledged: the successor serves already and lacks them;
   *     else null
   */
  @Nullable Throwable forward(List<ChangeRequest> requests) {
    LiveCorpus next = successor;
    if (next == null) {
      return null;
    }
    try {
      for (ChangeRequest request : requests) {
        change(next, request.posts(), request.removed());
        retryWhileBusy(() -> next.reach(request.reached()));
      }
    } catch (CorpusClosedException ended) {
      end(); // the successor was closed because its model failed to load
    } catch (RuntimeException | Error failed) {
      if (!next.spoil(failed)) {
        return failed;
      }
      end();
      LOG.log(
          Level.ERROR,
          "changes of the corpus "
              + name
              + " do not reach the model that is being loaded, which will not serve",
          failed);
    }
    return null;
  }

  /**
   * Applies to {@code next} the changes by which {@code before} differs from its corpus file, and
   * what {@code before} keeps of how far sources were read. {@code next} has no position while the
   * records before it are being applied, so a process that stops meanwhile reads them again.
   *
   * @return the number of changes
   */
  static int follow(LiveCorpus before, LiveCorpus next) {
    List<SourcePosition> reached = before.positions(); // not ahead of the snapshot
    List<PostChange> changes;
    try (Snapshot serves = before.snapshot();
        Snapshot own = next.snapshot()) {
      changes =
          new Succession(
                  PostIndex.of(serves.parts()),
                  PostIndex.ofFile(before.origin()),
                  PostIndex.of(own.parts()),
                  PostIndex.ofFile(next.origin()))
              .changes();
    }
    List<Post> posts = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    for (PostChange change : changes) {
      switch (change) {
        case PostChange.Put put -> posts.add(put.post());
        case PostChange.Remove remove -> removed.add(remove.postId());
      }
    }
    List<SourcePosition> forgotten = Positions.forgotten(next.positions(), reached);
    retryWhileBusy(() -> next.reach(forgotten));
    change(next, posts, removed);
    if (!next.positions().equals(reached)) {
      retryWhileBusy(() -> next.reach(reached));
    }
    return changes.size();
  }

  private static void change(LiveCorpus next, List<Post> posts, List<Long> removed) {
    retryWhileBusy(() -> next.add(posts));
    retryWhileBusy(() -> next.remove(removed));
  }

  /** Applies changes; retries them from the start while the corpus's queue is full. */
  private static void retryWhileBusy(Runnable changes) {
    while (true) {
      try {
        changes.run();
        return;
      } catch (CorpusBusyException busy) {
        LockSupport.parkNanos(RETRY_DELAY.toNanos());
      }
    }
  }
}
