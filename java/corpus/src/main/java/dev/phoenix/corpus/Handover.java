package dev.phoenix.corpus;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has another corpus make every change of this one, too, while that other is about to take its
 * place. Used by the writer of this corpus alone.
 */
final class Handover {
  private static final System.Logger LOG = System.getLogger(Handover.class.getName());
  private static final Duration GLANCE = Duration.ofMillis(1);

  private final String name;
  private @Nullable LiveCorpus successor;

  /** To nobody yet, from the corpus {@code name}. */
  Handover(String name) {
    this.name = name;
  }

  /** Gives every change from now on to {@code next}. */
  void begin(LiveCorpus next) {
    successor = next;
  }

  /** Gives changes to nobody any more. */
  void end() {
    successor = null;
  }

  /** Has the successor make the changes before they are acknowledged. */
  void forward(List<ChangeRequest> requests) {
    LiveCorpus next = successor;
    if (next == null) {
      return;
    }
    try {
      for (ChangeRequest request : requests) {
        change(next, request.posts(), request.removed());
      }
    } catch (CorpusClosedException ended) {
      end(); // its model did not come to serve
    } catch (RuntimeException failed) {
      end();
      LOG.log(
          Level.ERROR,
          "changes of the corpus " + name + " do not reach the model that is being loaded",
          failed);
    }
  }

  /**
   * Makes the changes in {@code next} by which {@code before} differs from its file.
   *
   * @return how many they were
   */
  static int follow(LiveCorpus before, LiveCorpus next) {
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
    change(next, posts, removed);
    return changes.size();
  }

  private static void change(LiveCorpus next, List<Post> posts, List<Long> removed) {
    patiently(() -> next.add(posts));
    patiently(() -> next.remove(removed));
  }

  /** Makes changes, again from the start while too many others wait. */
  private static void patiently(Supplier<Integer> changes) {
    while (true) {
      try {
        var _ = changes.get();
        return;
      } catch (CorpusBusyException busy) {
        LockSupport.parkNanos(GLANCE.toNanos());
      }
    }
  }
}
