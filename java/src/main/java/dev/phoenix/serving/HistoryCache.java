package dev.phoenix.serving;

import dev.phoenix.model.EncodedHistories;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of users between their requests, as long as the bytes suffice: the ranker's keys and
 * values and the user vector, under the hash of the history. Those used longest ago go first. It
 * belongs to one version of a model; one thread at a time.
 */
final class HistoryCache implements AutoCloseable {
  /** What an entry takes beside its arrays, roughly. */
  private static final int ENTRY_BYTES = 512;

  private final long limit;
  private final LongAdder bytes;
  private final Map<UserHistory.Key, Kept> entries = new LinkedHashMap<>(64, 0.75f, true);
  private long held;

  /** What is kept of one history. */
  private static final class Kept {
    float @Nullable [] user;
    @Nullable EncodedHistories history;

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
   */
  HistoryCache(long limit, LongAdder bytes) {
    this.limit = limit;
    this.bytes = bytes;
  }

  /** Whether anything is kept at all. */
  boolean keeps() {
    return limit > 0;
  }

  /** Bytes held. */
  long bytes() {
    return held;
  }

  /** The vector [D] of a user; null where it is not kept. */
  float @Nullable [] user(UserHistory.Key key) {
    Kept kept = entries.get(key);
    return kept == null ? null : kept.user;
  }

  /** The only request of the keys and values of a history; null where they are not kept. */
  @Nullable EncodedHistories history(UserHistory.Key key) {
    Kept kept = entries.get(key);
    return kept == null ? null : kept.history;
  }

  /** Keeps the vector of a user. */
  void keepUser(UserHistory.Key key, float[] user) {
    Kept kept = entry(key);
    long before = kept.bytes();
    kept.user = user;
    account(kept.bytes() - before);
    shrink();
  }

  /** Keeps the keys and values of a history; the cache closes them. */
  void keepHistory(UserHistory.Key key, EncodedHistories history) {
    Kept kept = entry(key);
    long before = kept.bytes();
    if (kept.history != null) {
      kept.history.close();
    }
    kept.history = history;
    account(kept.bytes() - before);
    shrink();
  }

  /**
   * The room of the history used longest ago, taken away from it, where about {@code needed} more
   * bytes would be too many: a full cache turns its memory over instead of making garbage. Null
   * where there is room.
   */
  @Nullable EncodedHistories recycle(long needed) {
    if (held + needed <= limit) {
      return null;
    }
    Iterator<Kept> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      Kept kept = oldest.next();
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

  private void shrink() {
    Iterator<Kept> oldest = entries.values().iterator();
    while (held > limit && oldest.hasNext()) {
      Kept kept = oldest.next();
      oldest.remove();
      account(-kept.bytes());
      if (kept.history != null) {
        kept.history.close();
      }
    }
  }

  private void account(long change) {
    held += change;
    bytes.add(change);
  }

  /** Forgets everything; what comes after is kept again. */
  @Override
  public void close() {
    for (Kept kept : entries.values()) {
      if (kept.history != null) {
        kept.history.close();
      }
    }
    entries.clear();
    account(-held);
  }
}
