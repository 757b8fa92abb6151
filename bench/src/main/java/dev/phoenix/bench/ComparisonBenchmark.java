package dev.phoenix.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Runs a comparison under JMH: this product, and the fastest variant of the peer. The setup checks
 * the results, so a fork with wrong results measures nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ComparisonBenchmark {
  /** What is compared. */
  @Param
  @SuppressWarnings("NullAway") // JMH sets it.
  public Workload workload;

  private @Nullable Comparison comparison;
  private @Nullable Runnable fastest;

  /** Creates and checks the comparison, and finds the fastest variant of its peer. */
  @Setup(Level.Trial)
  public void setUp() {
    int threads = Runtime.getRuntime().availableProcessors();
    Comparison made = workload.create(Suite.Sizes.published(), threads);
    comparison = made;
    System.out.println("checked: " + made.name() + ": " + made.check());
    Comparison.Peer peer = new Rounds(Rounds.Plan.quick(), () -> {}).fastest(made.peers());
    if (peer != null) {
      System.out.println("peer: " + peer.name());
      fastest = peer.once();
    }
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() {
    if (comparison != null) {
      comparison.close();
    }
  }

  /** This product. */
  @Benchmark
  public void phoenix() {
    if (comparison == null) {
      throw new IllegalStateException("the benchmark is not set up");
    }
    comparison.phoenix();
  }

  /** The peer; an error without one. */
  @Benchmark
  public void peer() {
    if (fastest == null) {
      throw new IllegalStateException(workload + " has no peer");
    }
    fastest.run();
  }
}
