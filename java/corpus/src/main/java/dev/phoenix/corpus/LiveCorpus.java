package dev.phoenix.corpus;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A corpus to which posts are added, and in which they are replaced and removed, while others
 * search it. Every method may be called from any thread.
 *
 * <p>A change is acknowledged once it is in the log and every later {@link #snapshot()} shows it.
 * Snapshots taken before stay as they are. When enough has changed, a new base is written in the
 * background; neither readers nor writers wait for it.
 */
public final class LiveCorpus implements SearchableCorpus {
  /** Changes of one request; each is written whole, so long vectors allow fewer. */
  public static final int MAX_CHANGES = 4096;

  private static final Duration GLANCE = Duration.ofMillis(1);
  private static final System.Logger LOG = System.getLogger(LiveCorpus.class.getName());

  private final String name;
  private final CorpusStore store;
  private final PostEncoder encoder;
  private final ChangeQueue queue;
  private final int mostChanges;
  private final Function<CorpusStore.CompactionPlan, Segments.Base> compaction;
  private volatile SegmentSet current;
  private volatile CorpusStatistics statistics;
  private final Thread writer;
  private @Nullable Thread compactor;

  /** Takes every change, too; set and read by the writer alone. */
  private @Nullable LiveCorpus successor;

  private LiveCorpus(
      Place place,
      PostEncoder encoder,
      CorpusSettings settings,
      Function<CorpusStore.CompactionPlan, Segments.Base> compaction) {
    this.name = place.name();
    this.encoder = encoder;
    this.compaction = compaction;
    ChangeCodec codec = new ChangeCodec(encoder.dimension());
    this.queue = new ChangeQueue(settings.queuedChanges(), codec);
    this.mostChanges = Math.min(MAX_CHANGES, codec.mostChanges());
    this.store = CorpusStore.open(place, encoder, settings);
    this.current = store.publish();
    this.statistics = store.statistics();
    this.writer = Thread.ofPlatform().name("corpus " + name).daemon().start(this::write);
  }

  /**
   * Where a corpus is kept.
   *
   * @param name of the corpus, for messages and requests
   * @param folder of its log and its bases; made if there is none
   * @param origin the corpus file it begins with, which is never changed; null to begin empty
   */
  public record Place(String name, Path folder, @Nullable Path origin) {}

  /**
   * Opens a corpus: its newest base and what the log says has changed since.
   *
   * @param encoder makes the vectors of added posts; used by one thread of the corpus, which does
   *     not close it
   * @throws CorpusException where the log is damaged, was written for another corpus or encoder, or
   *     another process has the folder
   */
  public static LiveCorpus open(Place place, PostEncoder encoder, CorpusSettings settings) {
    return open(place, encoder, settings, CorpusStore.CompactionPlan::write);
  }

  /** Opens a corpus whose new bases {@code compaction} writes. */
  static LiveCorpus open(
      Place place,
      PostEncoder encoder,
      CorpusSettings settings,
      Function<CorpusStore.CompactionPlan, Segments.Base> compaction) {
    return new LiveCorpus(place, encoder, settings, compaction);
  }

  @Override
  public String name() {
    return name;
  }

  /** Floats in a vector. */
  public int dimension() {
    return encoder.dimension();
  }

  /**
   * Refuses a corpus file other than the one that this corpus began with, in the words that opening
   * refuses it with.
   *
   * @throws CorpusException where it has other posts
   */
  public void requireOrigin(Path origin) {
    store.requireOrigin(origin);
  }

  @Override
  public Snapshot snapshot() {
    while (true) {
      SegmentSet set = current;
      if (set.tryRetain()) {
        return Snapshot.of(List.of(set));
      }
      if (current == set) {
        throw new IllegalStateException("the corpus " + name + " is closed");
      }
    }
  }

  /**
   * Adds posts, in place of those with the same ids; waits until they are durable and visible.
   *
   * @return how many of them were there before
   */
  public int add(List<Post> posts) {
    int before = 0;
    for (int from = 0; from < posts.size(); from += mostChanges) {
      int to = Math.min(posts.size(), from + mostChanges);
      before += await(change(posts.subList(from, to), List.of()));
    }
    return before;
  }

  /**
   * Removes posts; ids that the corpus does not have are passed over. Waits until that is durable
   * and visible.
   *
   * @return how many of them were there
   */
  public int remove(List<Long> postIds) {
    int before = 0;
    for (int from = 0; from < postIds.size(); from += mostChanges) {
      int to = Math.min(postIds.size(), from + mostChanges);
      before += await(change(List.of(), postIds.subList(from, to)));
    }
    return before;
  }

  /** Changes that fit into one request whatever they are: fewer where vectors are long. */
  int mostChanges() {
    return mostChanges;
  }

  private static int await(CompletableFuture<Integer> done) {
    try {
      return done.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    }
  }

  /**
   * Adds {@code posts}, then removes {@code removed}, in one step; does not wait.
   *
   * @return how many of all these posts were there before; completed once the changes are durable
   *     and visible
   * @throws CorpusBusyException where too many changes wait already
   * @throws IllegalArgumentException where there are more than {@link #MAX_CHANGES}
   */
  public CompletableFuture<Integer> change(List<Post> posts, List<Long> removed) {
    ChangeRequest request = ChangeRequest.of(posts, removed);
    if (request.size() > MAX_CHANGES) {
      throw new IllegalArgumentException(
          "expected at most %d changes in a request, found %d"
              .formatted(MAX_CHANGES, request.size()));
    }
    queue.add(request);
    return request.done();
  }

  @Override
  public CorpusStatistics statistics() {
    return statistics;
  }

  private void write() {
    try {
      queue.serve(
          turn -> {
            turn.between().forEach(this::runBetween);
            commit(turn.requests());
            compactIfDue();
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.log(Level.ERROR, "the writer of the corpus {0} was interrupted and ends", name);
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "the writer of the corpus " + name + " has ended", failed);
    }
  }

  private void runBetween(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "the corpus " + name + " failed between two writes", failed);
    }
  }

  private void commit(List<ChangeRequest> requests) {
    List<ChangeRequest> encoded = new ArrayList<>();
    List<List<Change>> changes = new ArrayList<>();
    for (ChangeRequest request : requests) {
      try {
        changes.add(request.encoded(encoder));
        encoded.add(request);
      } catch (RuntimeException | Error refused) {
        request.done().completeExceptionally(refused);
      }
    }
    if (encoded.isEmpty()) {
      return;
    }
    try {
      List<Integer> before = store.commit(changes);
      publish();
      forward(encoded);
      for (int i = 0; i < encoded.size(); i++) {
        encoded.get(i).done().complete(before.get(i));
      }
    } catch (RuntimeException | Error failed) {
      encoded.forEach(request -> request.done().completeExceptionally(failed));
    }
  }

  /** Has the successor make the changes before they are acknowledged. */
  private void forward(List<ChangeRequest> requests) {
    LiveCorpus next = successor;
    if (next == null) {
      return;
    }
    try {
      for (ChangeRequest request : requests) {
        patiently(() -> next.add(request.posts()));
        patiently(() -> next.remove(request.removed()));
      }
    } catch (CorpusClosedException ended) {
      successor = null; // its model did not come to serve
    } catch (RuntimeException failed) {
      successor = null;
      LOG.log(
          Level.ERROR,
          "changes of the corpus " + name + " do not reach the model that is being loaded",
          failed);
    }
  }

  /**
   * Makes this the corpus that takes the place of {@code before}, which another tower encodes: what
   * was added, replaced and removed there since its file stands over this one's file, encoded anew,
   * and every later change of {@code before} is made here before it is acknowledged there. Returns
   * when that is so; {@code before} takes changes meanwhile, and has to stay open.
   *
   * @return how many posts had to be put or removed
   * @throws CorpusException where a change cannot be made; {@code before} stays as it is
   */
  public int succeed(LiveCorpus before) {
    // A corpus that serves again: nothing goes the other way any more.
    runBetweenWrites(() -> successor = null);
    // Most of it while the other takes changes, what has come meanwhile while it takes none.
    int changes = follow(before);
    AtomicInteger last = new AtomicInteger();
    before.runBetweenWrites(
        () -> {
          last.set(follow(before));
          before.successor = this;
        });
    return changes + last.get();
  }

  private int follow(LiveCorpus before) {
    List<PostChange> changes;
    try (Snapshot serves = before.snapshot();
        Snapshot own = snapshot()) {
      changes =
          new Succession(
                  PostIndex.of(serves.parts()),
                  PostIndex.ofFile(before.store.origin()),
                  PostIndex.of(own.parts()),
                  PostIndex.ofFile(store.origin()))
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
    patiently(() -> add(posts));
    patiently(() -> remove(removed));
    return changes.size();
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

  /** Has the writer do {@code work} between two writes, and waits for its end. */
  private void runBetweenWrites(Runnable work) {
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
      while (!done.isDone() && !writer.join(GLANCE)) {
        // The writer goes on.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CorpusException("interrupted while the corpus " + name + " was taken over", e);
    }
    done.completeExceptionally(new CorpusException("the writer of the corpus " + name + " ended"));
    var _ = await(done);
  }

  private void publish() {
    SegmentSet before = current;
    current = store.publish();
    statistics = store.statistics();
    before.release();
  }

  private void compactIfDue() {
    if (!store.isCompactionDue()) {
      return;
    }
    CorpusStore.@Nullable CompactionPlan plan = null;
    try {
      plan = store.beginCompaction();
      CorpusStore.CompactionPlan begun = plan;
      compactor =
          Thread.ofPlatform().name("compaction of " + name).daemon().start(() -> compact(begun));
    } catch (RuntimeException | Error failed) {
      if (plan != null) {
        plan.source().release();
      }
      failCompaction();
      LOG.log(Level.ERROR, "the corpus " + name + " could not begin a compaction", failed);
    }
  }

  private void compact(CorpusStore.CompactionPlan plan) {
    Segments.Base base;
    try {
      base = compaction.apply(plan);
    } catch (RuntimeException | Error failed) {
      plan.source().release();
      queue.doBetween(this::failCompaction);
      LOG.log(Level.ERROR, "the corpus " + name + " could not be compacted", failed);
      return;
    }
    if (!queue.doBetween(() -> endCompaction(plan, base))) {
      base.segment().release();
      plan.source().release();
    }
  }

  private void endCompaction(CorpusStore.CompactionPlan plan, Segments.Base base) {
    try {
      store.endCompaction(plan, base);
      publish();
    } catch (RuntimeException | Error failed) {
      failCompaction();
      throw failed;
    }
  }

  private void failCompaction() {
    store.failCompaction();
    statistics = store.statistics();
  }

  /** Writes what waits, ends a compaction and closes the log. Snapshots stay. Idempotent. */
  @Override
  public void close() {
    queue.close();
    try {
      writer.join();
      if (compactor != null) {
        compactor.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CorpusException("interrupted while closing the corpus " + name, e);
    }
    if (store.close()) {
      current.release();
    }
  }
}
