package dev.phoenix.corpus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The newest position of each partition. Not thread-safe. */
final class Positions {
  private final Map<SourcePosition.Partition, SourcePosition> newest = new LinkedHashMap<>();
  private List<SourcePosition> listed = List.of();

  /** Replaces the position of the partition, whether it goes forward or back. */
  void set(SourcePosition position) {
    if (position.isForgotten()) {
      newest.remove(position.ofPartition());
    } else {
      newest.put(position.ofPartition(), position);
    }
    listed = List.copyOf(newest.values());
  }

  /** All positions, as an immutable list. */
  List<SourcePosition> list() {
    return listed;
  }

  /**
   * The entries that make a corpus with the positions {@code own} forget those not in {@code
   * wanted}.
   */
  static List<SourcePosition> forgotten(
      Collection<SourcePosition> own, Collection<SourcePosition> wanted) {
    List<SourcePosition> gone = new ArrayList<>(own);
    gone.removeAll(wanted);
    return gone.stream().map(SourcePosition::forgotten).toList();
  }
}
