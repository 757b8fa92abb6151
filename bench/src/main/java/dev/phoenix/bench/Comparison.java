package dev.phoenix.bench;

import java.util.List;
import java.util.OptionalDouble;

/** One piece of work done by this product and, where there is one, by a peer. */
interface Comparison extends AutoCloseable {
  /** What is measured, as the table's first column. */
  String name();

  /**
   * Runs both sides once and compares what they computed.
   *
   * @return what was found, for the report
   * @throws CheckFailedException if they disagree
   */
  String check();

  /** One run of this product. */
  void phoenix();

  /** The ways that the peer can do the same; the fastest is compared with. Empty without a peer. */
  List<Peer> peers();

  /** Peer time over our time that is aimed at. */
  OptionalDouble target();

  /** Units of {@link #rateUnit} that one run does. */
  double amount();

  /** What a rate counts per second: "requests", "posts", "GB", "GFLOP". */
  String rateUnit();

  @Override
  void close();

  /** One way of a peer. */
  record Peer(String name, Runnable once) {}
}
