package dev.phoenix.bench;

import java.util.List;
import java.util.OptionalDouble;

/** The same work done by this product and by a peer, if there is one. */
interface Comparison extends AutoCloseable {
  /** What is measured, as the table's first column. */
  String name();

  /**
   * Runs both sides once and compares what they computed.
   *
   * @return the differences found, for the report
   * @throws CheckFailedException if they disagree
   */
  String check();

  /** Runs the work once with this product. */
  void phoenix();

  /** The variants of the peer, of which the fastest is used. Empty without a peer. */
  List<Peer> peers();

  /** The goal of peer time over our time; empty if there is none. */
  OptionalDouble target();

  /** The amount of work of one run, in units of {@link #rateUnit}. */
  double amount();

  /** The unit that a rate counts per second: "requests", "posts", "GB", "GFLOP". */
  String rateUnit();

  @Override
  void close();

  /** One variant of a peer. */
  record Peer(String name, Runnable once) {}
}
