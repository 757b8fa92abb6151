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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Runs this product's side of a comparison under JMH. The setup checks the results, so a fork with
 * wrong results measures nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public abstract class ComparisonBenchmark {
  private @Nullable Comparison comparison;

  /** For subclasses. */
  protected ComparisonBenchmark() {}

  /** Creates the comparison with {@code threads} threads. */
  abstract Comparison create(int threads);

  final Comparison comparison() {
    Comparison made = comparison;
    if (made == null) {
      throw new IllegalStateException("the benchmark is not set up");
    }
    return made;
  }

  /** Makes and checks the comparison. */
  @Setup(Level.Trial)
  public void checkResults() {
    Comparison made = create(Runtime.getRuntime().availableProcessors());
    comparison = made;
    System.out.println("checked: " + made.name() + ": " + made.check());
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() {
    comparison().close();
  }

  /** This product. */
  @Benchmark
  public void phoenix() {
    comparison().phoenix();
  }
}
