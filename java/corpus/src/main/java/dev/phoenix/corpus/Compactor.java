package dev.phoenix.corpus;

import java.lang.System.Logger.Level;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes new bases of a corpus in the background. The corpus's writer begins a compaction and takes
 * its result over, between two writes.
 */
final class Compactor {
  private static final System.Logger LOG = System.getLogger(Compactor.class.getName());

  private final LiveCorpus corpus;
  private final CorpusStore store;
  private final ChangeQueue queue;
  private final Function<CompactionPlan, Segments.Base> writing;

  /** The thread of the last compaction; set by the corpus's writer thread. */
  private volatile @Nullable Thread thread;

  /**
   * Creates a compactor; no compaction is running.
   *
   * @param corpus is published, and its statistics refreshed, after changes of {@code store}
   * @param queue the queue of the corpus's writer thread
   * @param writing writes the new base segment
   */
  Compactor(
      LiveCorpus corpus,
      CorpusStore store,
      ChangeQueue queue,
      Function<CompactionPlan, Segments.Base> writing) {
    this.corpus = corpus;
    this.store = store;
    this.queue = queue;
    this.writing = writing;
  }

  /** Begins a compaction if enough has changed; called by the corpus's writer. */
  void beginIfDue() {
    if (!store.isCompactionDue()) {
      return;
    }
    @Nullable CompactionPlan plan = null;
    try {
      plan = store.beginCompaction();
      CompactionPlan begun = plan;
      thread =
          Thread.ofPlatform()
              .name("compaction of " + corpus.name())
              .daemon()
              .start(() -> compact(begun));
    } catch (CorpusUnavailableException full) {
      if (store.waitForDisk()) {
        corpus.refreshStatistics();
        LOG.log(
            Level.WARNING,
            "the corpus {0} waits with a compaction: {1}",
            corpus.name(),
            full.getMessage());
      }
    } catch (RuntimeException | Error failed) {
      if (plan != null) {
        plan.source().release();
      }
      fail();
      LOG.log(Level.ERROR, "the corpus " + corpus.name() + " could not begin a compaction", failed);
    }
  }

  private void compact(CompactionPlan plan) {
    Segments.Base base;
    try {
      base = writing.apply(plan);
    } catch (RuntimeException | Error failed) {
      plan.source().release();
      queue.doBetween(this::fail);
      LOG.log(Level.ERROR, "the corpus " + corpus.name() + " could not be compacted", failed);
      return;
    }
    if (!queue.doBetween(() -> end(plan, base))) {
      base.segment().release();
      plan.source().release();
    }
  }

  private void end(CompactionPlan plan, Segments.Base base) {
    try {
      store.endCompaction(plan, base);
      corpus.publish();
    } catch (RuntimeException | Error failed) {
      fail();
      throw failed;
    }
  }

  private void fail() {
    store.failCompaction();
    corpus.refreshStatistics();
  }

  /** Waits until the thread of the last compaction has ended. */
  void join() throws InterruptedException {
    Thread last = thread;
    if (last != null) {
      last.join();
    }
  }
}
