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

/** Times every operation of the CPU backend; each is first compared with its definition. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@org.openjdk.jmh.annotations.Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class OperationBenchmark {
  /** The rounding error of float32 sums of a few hundred products of normal values, any order. */
  private static final double TOLERANCE = 2e-5;

  /** The operation to time. */
  @Param
  @SuppressWarnings("NullAway") // JMH sets it.
  public CpuOperation operation;

  /** Threads that share an operation. */
  @Param("1")
  public int threads;

  private @Nullable OperationOperands operands;

  /** Compares the operation's result with that of its definition. */
  static void check(CpuOperation operation, int threads) {
    try (OperationOperands ours = new OperationOperands(CpuOps.create(Precision.FLOAT32, threads));
        OperationOperands definition = new OperationOperands(ReferenceOps.create())) {
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

  /** Checks the operation, then creates the operands to time it with. */
  @Setup(Level.Trial)
  public void setUp() {
    check(operation, threads);
    OperationOperands made = new OperationOperands(CpuOps.create(Precision.FLOAT32, threads));
    made.settle();
    operands = made;
  }

  /** Calls the operation once. */
  @Benchmark
  public void run() {
    OperationOperands made = operands;
    if (made != null) {
      made.run(operation);
    }
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void tearDown() {
    OperationOperands made = operands;
    if (made != null) {
      made.close();
    }
  }
}
