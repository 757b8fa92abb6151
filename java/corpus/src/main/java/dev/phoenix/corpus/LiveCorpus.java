package dev.phoenix.corpus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
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

  private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

  private final String name;
  private final CorpusStore store;
  private final PostEncoder encoder;
  private final ChangeQueue queue;
  private final int mostChanges;
  private final Compactor compactor;
  private final Handover handover;
  private final AtomicLong lastProbe = new AtomicLong(System.nanoTime());
  private final SuccessorState successorState;
  private volatile SegmentSet current;
  private volatile CorpusStatistics statistics;
  private volatile List<SourcePosition> positions;
  private final WriterThread writer;

  private LiveCorpus(
      Place place,
      PostEncoder encoder,
      CorpusSettings settings,
      Function<CompactionPlan, Segments.Base> compaction) {
    this.name = place.name();
    this.encoder = encoder;
    this.handover = new Handover(name);
    this.successorState = new SuccessorState(name);
    ChangeCodec codec = new ChangeCodec(encoder.dimension());
    this.queue = new ChangeQueue(settings.queuedChanges(), codec);
    this.mostChanges = Math.min(MAX_CHANGES, codec.mostChanges());
    this.store = CorpusStore.open(place, encoder, settings);
    this.compactor = new Compactor(this, store, queue, compaction);
    this.current = store.publish();
    this.statistics = store.statistics();
    this.positions = store.positions();
    this.writer = WriterThread.start(name, queue, this::write);
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
    return open(place, encoder, settings, CompactionPlan::write);
  }

  /** Opens a corpus whose new bases {@code compaction} writes. */
  static LiveCorpus open(
      Place place,
      PostEncoder encoder,
      CorpusSettings settings,
      Function<CompactionPlan, Segments.Base> compaction) {
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

  /** Throws {@link CorpusException} if this corpus did not begin with the posts of this file. */
  public void requireOrigin(Path origin) {
    store.requireOrigin(origin);
  }

  /** The corpus file that this corpus began with; null where it began empty. */
  @Nullable BaseSegment origin() {
    return store.origin();
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
      before += WriterThread.result(change(posts.subList(from, to), List.of()));
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
      before += WriterThread.result(change(List.of(), postIds.subList(from, to)));
    }
    return before;
  }

  /** Changes that fit into one request whatever they are: fewer where vectors are long. */
  int mostChanges() {
    return mostChanges;
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
    return change(ChangeRequest.of(posts, removed));
  }

  /** Makes the changes of {@code request} and keeps its positions in one step; does not wait. */
  CompletableFuture<Integer> change(ChangeRequest request) {
    if (request.size() > MAX_CHANGES) {
      throw new IllegalArgumentException(
          "expected at most %d changes in a request, found %d"
              .formatted(MAX_CHANGES, request.size()));
    }
    queue.add(request);
    return request.done();
  }

  /** Keeps how far sources were read, or forgets it; waits until that is durable. */
  void reach(List<SourcePosition> reached) {
    if (!reached.isEmpty()) {
      var _ = WriterThread.result(change(ChangeRequest.of(List.of(), List.of(), reached)));
    }
  }

  /** How far sources were read. A snapshot that is taken later has all of their records. */
  List<SourcePosition> positions() {
    return positions;
  }

  /** The figures after the last write; those of the disk are at most a few seconds old. */
  @Override
  public CorpusStatistics statistics() {
    long last = lastProbe.get();
    long now = System.nanoTime();
    if (now - last >= PROBE_INTERVAL.toNanos() && lastProbe.compareAndSet(last, now)) {
      if (!queue.doBetween(
          () -> {
            store.probe();
            refreshStatistics();
          })) {
        return statistics.refusing("the corpus is closed, or its writer has failed");
      }
    }
    return statistics;
  }

  private void write(List<ChangeRequest> requests) {
    commit(requests);
    compactor.beginIfDue();
  }

  private void commit(List<ChangeRequest> requests) {
    EncodedRequests encoded = EncodedRequests.of(requests, encoder);
    if (encoded.requests().isEmpty() || !append(encoded)) {
      return;
    }
    // The changes are in the log. Whatever is thrown from here on ends the writer, because memory
    // may lack what the log has; then nothing is compacted, and the next start reads the log.
    int[] before = store.apply(encoded.changes());
    publish();
    @Nullable Throwable missed = handover.forward(encoded.requests());
    if (missed == null) {
      encoded.complete(before);
    } else {
      encoded.fail(missed);
    }
  }

  /** Writes changes to the log; if that fails, so do the requests, and nothing has changed. */
  private boolean append(EncodedRequests encoded) {
    try {
      store.makeRoom(encoded.changes());
    } catch (RuntimeException | Error noRoom) {
      encoded.fail(noRoom);
      return false;
    }
    try {
      store.append(encoded.changes());
    } catch (CorpusUnavailableException refused) {
      refreshStatistics();
      encoded.fail(refused);
      return false;
    }
    return true;
  }

  /**
   * Makes this the corpus that takes the place of {@code before}, which another tower encodes: what
   * was added, replaced and removed there since its file stands over this one's file, encoded anew,
   * and every later change of {@code before} is made here before it is acknowledged there. Returns
   * when that is so; {@code before} takes changes meanwhile, and has to stay open. A later change
   * that cannot be made here is still acknowledged, and spoils this corpus, so that {@link #adopt}
   * refuses it.
   *
   * @return how many posts had to be put or removed
   * @throws CorpusException where a change cannot be made; {@code before} stays as it is
   */
  public int succeed(LiveCorpus before) {
    // A corpus that serves again: nothing goes the other way any more.
    writer.runBetweenWrites(handover::end);
    successorState.begin();
    // Most of it while the other takes changes, what has come meanwhile while it takes none.
    int changes = Handover.follow(before, this);
    AtomicInteger last = new AtomicInteger();
    before.writer.runBetweenWrites(
        () -> {
          last.set(Handover.follow(before, this));
          before.handover.begin(this);
        });
    return changes + last.get();
  }

  /**
   * Makes this the corpus that serves: a change of the corpus before that cannot be made here fails
   * from now on.
   *
   * @throws CorpusException where a change of the corpus before was not made here
   */
  public void adopt() {
    successorState.adopt();
  }

  /**
   * Notes that a change of the corpus before was not made here.
   *
   * @return whether the change may be acknowledged, because this corpus will not serve
   */
  boolean spoil(Throwable missed) {
    return successorState.spoil(missed);
  }

  /** Shows readers what the store holds; called by the writer. */
  void publish() {
    SegmentSet before = current;
    current = store.publish();
    positions = store.positions(); // after the posts, so that positions never lead
    refreshStatistics();
    before.release();
  }

  /** Shows readers the figures of the store; called by the writer. */
  void refreshStatistics() {
    statistics = store.statistics();
  }

  /** Waits until a running compaction has been applied or has failed. */
  void awaitCompaction() throws InterruptedException {
    writer.runBetweenWrites(() -> {});
    compactor.join();
    writer.runBetweenWrites(() -> {});
  }

  /** Writes what waits, ends a compaction and closes the log. Snapshots stay. Idempotent. */
  @Override
  public void close() {
    queue.close();
    try {
      writer.join();
      compactor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CorpusException("interrupted while closing the corpus " + name, e);
    }
    if (store.close()) {
      current.release();
    }
  }
}
