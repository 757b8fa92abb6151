package dev.phoenix.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The times of one comparison.
 *
 * @param phoenix seconds of one run of this product, the median of every round
 * @param peerName the fastest variant of the peer; empty without a peer
 * @param peer the peer's seconds, round by round
 */
record Measurement(List<Double> phoenix, String peerName, List<Double> peer) {
  /** Peer time over our time of every round. */
  List<Double> ratios() {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < peer.size(); round++) {
      ratios.add(peer.get(round) / phoenix.get(round));
    }
    return ratios;
  }

  /** The median of {@code values}. */
  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /** The value at {@code share} of the way through the sorted values. */
  static double quantile(List<Double> values, double share) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values, so no quantile");
    }
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    double place = share * (sorted.size() - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.size() - 1);
    double weight = place - below;
    return sorted.get(below) * (1 - weight) + sorted.get(above) * weight;
  }
}
