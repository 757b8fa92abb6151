package dev.phoenix.serving;

import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.Ranker.EncodedHistory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of users between their requests, as long as the bytes suffice: the ranker's keys and
 * values and the user vector, under the hash of the history. Those used longest ago go first, but
 * none that a pass is using. It belongs to one version of a model; what one lane keeps, every lane
 * finds.
 */
final class HistoryCache implements AutoCloseable {
  /** What an entry takes beside its arrays, roughly. */
  private static final int ENTRY_BYTES = 512;

  private final long limit;
  private final LongConsumer bytes;
  private final Optional<Ranker> keeper;

  /** Held while keys and values are copied, which is what {@code keeper} does for one at a time. */
  private final Object copying = new Object();

  private final Map<UserHistory.Key, Kept> entries = new LinkedHashMap<>(64, 0.75f, true);
  private long held;
  private long bytesKeptLast;

  /** What is kept of one history. */
  private static final class Kept {
    float @Nullable [] user;
    @Nullable EncodedHistories history;
    int uses;

    long bytes() {
      return ENTRY_BYTES
          + (user == null ? 0 : (long) user.length * Float.BYTES)
          + (history == null ? 0 : history.bytes());
    }
  }

  /**
   * An empty cache.
   *
   * @param limit bytes it may hold
   * @param bytes told of every change of what it holds
   * @param keeper a ranker of the version, used by this cache alone, that makes and fills the room
   *     of what is kept; empty where user vectors alone are kept
   */
  HistoryCache(long limit, LongConsumer bytes, Optional<Ranker> keeper) {
    this.limit = limit;
    this.bytes = bytes;
    this.keeper = keeper;
  }

  /** Whether anything is kept at all. */
  boolean keeps() {
    return limit > 0;
  }

  /** Bytes held. */
  synchronized long bytes() {
    return held;
  }

  /** The vector [D] of a user; null where it is not kept. */
  synchronized float @Nullable [] user(UserHistory.Key key) {
    Kept kept = entries.get(key);
    return kept == null ? null : kept.user;
  }

  /**
   * The only request of the keys and values of a history, which stay as they are until {@link
   * #release}; null where they are not kept.
   */
  synchronized @Nullable EncodedHistories acquire(UserHistory.Key key) {
    Kept kept = entries.get(key);
    if (kept == null || kept.history == null) {
      return null;
    }
    kept.uses++;
    return kept.history;
  }

  /** Ends a use that {@link #acquire} began. */
  synchronized void release(UserHistory.Key key) {
    Kept kept = entries.get(key);
    if (kept == null || kept.uses == 0) {
      throw new IllegalStateException("a history was released more often than acquired");
    }
    kept.uses--;
  }

  /** Keeps the vector of a user. */
  void keepUser(UserHistory.Key key, float[] user) {
    List<EncodedHistories> unwanted = new ArrayList<>();
    synchronized (this) {
      Kept kept = entry(key);
      long before = kept.bytes();
      kept.user = user;
      account(kept.bytes() - before);
      shrink(unwanted);
    }
    close(unwanted);
  }

  /**
   * Keeps a copy of the keys and values of a history, unless another lane did meanwhile. The pass
   * that encoded it is over.
   */
  void keepHistory(UserHistory.Key key, EncodedHistory encoded) {
    List<EncodedHistories> unwanted = new ArrayList<>();
    synchronized (copying) {
      EncodedHistories room;
      synchronized (this) {
        Kept kept = entries.get(key);
        if (kept != null && kept.history != null) {
          return;
        }
        room = recycle(bytesKeptLast);
      }
      if (room == null) {
        room = keeper.orElseThrow().histories();
      }
      copy(room, encoded);
      synchronized (this) {
        bytesKeptLast = room.bytes();
        Kept kept = entry(key);
        long before = kept.bytes();
        kept.history = room;
        account(kept.bytes() - before);
        shrink(unwanted);
      }
      close(unwanted);
    }
  }

  private void copy(EncodedHistories room, EncodedHistory encoded) {
    var _ =
        Closer.open(
            owner -> {
              keeper.orElseThrow().copy(owner.own(room), List.of(encoded));
              return room;
            });
  }

  private void close(List<EncodedHistories> unwanted) {
    if (!unwanted.isEmpty()) {
      synchronized (copying) {
        Closer.closeAll(unwanted);
      }
    }
  }

  /**
   * The room of the history used longest ago, taken away from it, where about {@code needed} more
   * bytes would be too many: a full cache turns its memory over instead of making garbage. Null
   * where there is room.
   */
  private @Nullable EncodedHistories recycle(long needed) {
    if (held + needed <= limit) {
      return null;
    }
    Iterator<Kept> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      Kept kept = oldest.next();
      if (kept.uses > 0) {
        continue;
      }
      oldest.remove();
      account(-kept.bytes());
      if (kept.history != null) {
        return kept.history;
      }
    }
    return null;
  }

  private Kept entry(UserHistory.Key key) {
    Kept kept = entries.get(key);
    if (kept == null) {
      kept = new Kept();
      entries.put(key, kept);
      account(kept.bytes());
    }
    return kept;
  }

  /** Takes out what is too much; the caller closes what {@code unwanted} was given. */
  private void shrink(List<EncodedHistories> unwanted) {
    Iterator<Kept> oldest = entries.values().iterator();
    while (held > limit && oldest.hasNext()) {
      Kept kept = oldest.next();
      if (kept.uses > 0) {
        continue;
      }
      oldest.remove();
      account(-kept.bytes());
      if (kept.history != null) {
        unwanted.add(kept.history);
      }
    }
  }

  private void account(long change) {
    held += change;
    bytes.accept(change);
  }

  /** Forgets everything, while no pass uses any of it; what comes after is kept again. */
  @Override
  public void close() {
    synchronized (copying) {
      synchronized (this) {
        List<EncodedHistories> histories = new ArrayList<>();
        for (Kept kept : entries.values()) {
          if (kept.history != null) {
            histories.add(kept.history);
          }
        }
        entries.clear();
        account(-held);
        Closer.closeAll(histories);
      }
    }
  }
}
