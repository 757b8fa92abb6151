package dev.phoenix.bench;

import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.reference.ReferenceOps;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Every operation of the CPU backend, one by one, beside its definition before it is timed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@org.openjdk.jmh.annotations.Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class OperationBenchmark {
  /** Float32 sums of a few hundred products of normal values, in whatever order. */
  private static final double TOLERANCE = 2e-5;

  /** Which operation. */
  @Param
  @SuppressWarnings("NullAway") // JMH sets it.
  public CpuOperation operation;

  /** Threads that share an operation. */
  @Param("1")
  public int threads;

  private @Nullable OperationDesk desk;

  /** Compares the operation's result with that of its definition. */
  static void check(CpuOperation operation, int threads) {
    try (OperationDesk ours = new OperationDesk(CpuOps.create(Precision.FLOAT32, threads));
        OperationDesk definition = new OperationDesk(ReferenceOps.create())) {
      ours.run(operation);
      definition.run(operation);
      float[] found = ours.result(operation);
      float[] expected = definition.result(operation);
      for (int i = 0; i < expected.length; i++) {
        double bound = TOLERANCE * Math.max(1, Math.abs(expected[i]));
        if (!(Math.abs((double) found[i] - expected[i]) <= bound)) {
          throw new CheckFailedException(
              "%s: element %d is %s, the definition says %s"
                  .formatted(operation, i, found[i], expected[i]));
        }
      }
    }
  }

  /** Checks, then makes what is timed. */
  @Setup(Level.Trial)
  public void setUp() {
    check(operation, threads);
    OperationDesk made = new OperationDesk(CpuOps.create(Precision.FLOAT32, threads));
    made.settle();
    desk = made;
  }

  /** One call. */
  @Benchmark
  public void run() {
    OperationDesk made = desk;
    if (made != null) {
      made.run(operation);
    }
  }

  /** Gives the memory back. */
  @TearDown(Level.Trial)
  public void tearDown() {
    OperationDesk made = desk;
    if (made != null) {
      made.close();
    }
  }
}
