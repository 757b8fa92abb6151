package dev.phoenix.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait. Peers take turns, each with about the same number of rows a turn (deficit
 * round robin); of one peer, the request with the nearest deadline is first. So neither the number
 * of requests nor patience buys a larger share. Not thread-safe: the scheduler's lock guards it.
 */
final class FairQueue {
  /** Rows of a peer's turn: one or two usual requests. */
  private static final int QUANTUM = 512;

  private final Map<String, Peer> byName = new HashMap<>();
  private final ArrayDeque<Peer> round = new ArrayDeque<>();
  private int size;

  /** The waiting requests of a peer, by deadline. */
  private static final class Peer {
    final String name;
    final ArrayList<PendingRequest> waiting = new ArrayList<>();
    long rows;
    long deficit;
    boolean hasTurn;

    Peer(String name) {
      this.name = name;
    }

    /** The number of requests whose deadline is not after {@code deadline}. */
    int before(long deadline) {
      int from = 0;
      int to = waiting.size();
      while (from < to) {
        int middle = (from + to) >>> 1;
        // Compared by difference, because the clock may overflow.
        if (waiting.get(middle).request().deadlineNanos() - deadline <= 0) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    long averageRows() {
      return Math.max(1, rows / waiting.size());
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(PendingRequest request) {
    Peer peer = byName.computeIfAbsent(request.peer(), Peer::new);
    if (peer.waiting.isEmpty()) {
      round.addLast(peer);
    }
    peer.waiting.add(peer.before(request.request().deadlineNanos()), request);
    peer.rows += request.rows();
    size++;
  }

  /** Removes and returns the request whose turn it is; there must be one. */
  PendingRequest removeFirst() {
    while (true) {
      Peer peer = round.getFirst();
      if (!peer.hasTurn) {
        peer.hasTurn = true;
        peer.deficit += QUANTUM;
      }
      PendingRequest first = peer.waiting.getFirst();
      if (first.rows() <= peer.deficit) {
        peer.deficit -= first.rows();
        remove(peer, 0);
        return first;
      }
      peer.hasTurn = false;
      round.addLast(round.removeFirst());
    }
  }

  private void remove(Peer peer, int index) {
    peer.rows -= peer.waiting.remove(index).rows();
    size--;
    if (peer.waiting.isEmpty()) {
      // The round is short: as many peers as have requests waiting.
      round.remove(peer);
      byName.remove(peer.name);
    }
  }

  /** Removes a request; does nothing if it does not wait. */
  void remove(PendingRequest request) {
    Peer peer = byName.get(request.peer());
    if (peer != null) {
      int index = peer.waiting.indexOf(request);
      if (index >= 0) {
        remove(peer, index);
      }
    }
  }

  /**
   * The number of requests that are served before a new one, about: those of its peer with a nearer
   * deadline, and of every other peer as many rows as that makes.
   */
  int ahead(String name, long deadlineNanos, int rows) {
    Peer own = byName.get(name);
    int ahead = own == null ? 0 : own.before(deadlineNanos);
    long ownRows = rows + (own == null ? 0 : ahead * own.averageRows());
    for (Peer peer : round) {
      if (peer != own) {
        long share = Math.ceilDiv(ownRows + QUANTUM, peer.averageRows());
        ahead += (int) Math.min(peer.waiting.size(), share);
      }
    }
    return ahead;
  }

  /**
   * The request that gives way to a new one where there is no room for both: the most patient of
   * the peer that has most rows waiting, if that peer has more than the new one's, or the request
   * is more patient than the new one.
   *
   * @return null where the new one has to give way
   */
  @Nullable PendingRequest yielding(String name, long deadlineNanos, int rows) {
    Peer heaviest = null;
    for (Peer peer : round) {
      if (heaviest == null || peer.rows > heaviest.rows) {
        heaviest = peer;
      }
    }
    if (heaviest == null) {
      return null;
    }
    PendingRequest last = heaviest.waiting.getLast();
    if (heaviest.name.equals(name)) {
      return last.request().deadlineNanos() - deadlineNanos > 0 ? last : null;
    }
    Peer own = byName.get(name);
    long after = rows + (own == null ? 0 : own.rows);
    return heaviest.rows > after ? last : null;
  }

  /** Removes all requests and returns them. */
  List<PendingRequest> clear() {
    List<PendingRequest> all = new ArrayList<>();
    forEach(all::add);
    byName.clear();
    round.clear();
    size = 0;
    return all;
  }

  void forEach(Consumer<PendingRequest> visitor) {
    round.forEach(peer -> peer.waiting.forEach(visitor));
  }
}
