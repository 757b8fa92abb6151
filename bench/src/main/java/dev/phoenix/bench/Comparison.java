package dev.phoenix.bench;

import dev.phoenix.lifecycle.Closer;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The same work done by this product and by a peer, if there is one. Owns what it takes by {@link
 * #own}, which is closed in reverse order.
 */
abstract class Comparison implements AutoCloseable {
  private final Closer parts = new Closer();
  private final String name;
  private final double amount;
  private final String rateUnit;

  /**
   * A comparison without a goal and a peer.
   *
   * @param name what is measured, as the table's first column
   * @param amount the amount of work of one run
   * @param rateUnit the unit of the amount, which a rate counts per second: "requests", "GFLOP"
   */
  Comparison(String name, double amount, String rateUnit) {
    this.name = name;
    this.amount = amount;
    this.rateUnit = rateUnit;
  }

  /** One variant of a peer. */
  record Peer(String name, Runnable once) {}

  final String name() {
    return name;
  }

  /** The amount of work of one run, in units of {@link #rateUnit}. */
  double amount() {
    return amount;
  }

  final String rateUnit() {
    return rateUnit;
  }

  /**
   * Runs both sides once and compares what they computed.
   *
   * @return the differences found, for the report
   * @throws CheckFailedException if they disagree
   */
  abstract String check();

  /** Runs the work once with this product. */
  abstract void phoenix();

  /** The variants of the peer, of which the fastest is used. Empty without a peer. */
  List<Peer> peers() {
    return List.of();
  }

  /** The goal of peer time over our time; empty if there is none. */
  OptionalDouble target() {
    return OptionalDouble.empty();
  }

  /** Closes {@code part} with the comparison. */
  final <T extends AutoCloseable> T own(T part) {
    return parts.own(part);
  }

  /** The error that this comparison's check has failed. */
  final CheckFailedException wrong(String found) {
    return new CheckFailedException(name + ": " + found);
  }

  /**
   * Compares values with their definition, element by element.
   *
   * @return the largest difference, for the report
   */
  final String requireWithin(double tolerance, float[] found, float[] expected) {
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
    }
    if (!(worst <= tolerance)) {
      throw wrong("values off by %.3g".formatted(worst));
    }
    return "max |Δ value| %.1e <= %.0e".formatted(worst, tolerance);
  }

  @Override
  public final void close() {
    parts.close();
  }
}
