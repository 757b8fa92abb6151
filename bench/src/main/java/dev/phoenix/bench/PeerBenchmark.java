package dev.phoenix.bench;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Runs both sides of a comparison under JMH, with the fastest variant of the peer. */
@State(Scope.Benchmark)
public abstract class PeerBenchmark extends ComparisonBenchmark {
  private @Nullable Runnable fastest;

  /** For subclasses. */
  protected PeerBenchmark() {}

  /** Finds the fastest variant of the peer. */
  @Setup(Level.Trial)
  public void choosePeer() {
    Comparison.Peer peer = new Rounds(Rounds.Plan.quick(), () -> {}).fastest(comparison().peers());
    if (peer == null) {
      throw new IllegalStateException(comparison().name() + " has no peer");
    }
    System.out.println("peer: " + peer.name());
    fastest = peer.once();
  }

  /** Runs the peer. */
  @Benchmark
  public void peer() {
    Runnable once = fastest;
    if (once == null) {
      throw new IllegalStateException("no peer was chosen");
    }
    once.run();
  }
}
