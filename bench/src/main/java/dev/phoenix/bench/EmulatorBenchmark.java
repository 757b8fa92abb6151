package dev.phoenix.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
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

/** Thread instructions per second of each kind, on one core, all checks on. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class EmulatorBenchmark {
  @Param private EmulatorWorkload workload = EmulatorWorkload.FMA;

  private @Nullable EmulatorComparison comparison;

  /** Loads the kernel and checks its results. */
  @Setup(Level.Trial)
  public void open() {
    EmulatorComparison made = new EmulatorComparison(workload);
    comparison = made;
    made.check();
  }

  /** Frees the device. */
  @TearDown(Level.Trial)
  public void close() {
    if (comparison != null) {
      comparison.close();
    }
  }

  /** A counter that JMH shows per second. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Executed {
    /** Instructions executed by all threads together. */
    public long threadInstructions;
  }

  /** One launch. */
  @Benchmark
  public void launch(Executed executed) {
    EmulatorComparison made = comparison;
    if (made != null) {
      made.phoenix();
      executed.threadInstructions += made.executed().total();
    }
  }
}
