package dev.phoenix.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/** Reads as many bytes as the published corpus has: the lower bound of a search's time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MemoryBandwidthBenchmark {
  private static final long BYTES =
      (long) TopKComparison.POSTS * TopKComparison.COLUMNS * Float.BYTES;

  @Param({"1", "2", "4", "8"})
  private int streams;

  private final Arena arena = Arena.ofShared();
  private @Nullable MemoryReader reader;

  /** Fills the memory, so that its pages exist, and checks the sum. */
  @Setup(Level.Trial)
  public void checkSum() {
    MemorySegment memory = arena.allocate(BYTES, 64).fill((byte) 3);
    MemoryReader made = new MemoryReader(memory, Runtime.getRuntime().availableProcessors());
    reader = made;
    if (made.sum(streams) != made.plainSum()) {
      throw new CheckFailedException("the memory reader has missed bytes");
    }
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void close() {
    if (reader != null) {
      reader.close();
    }
    arena.close();
  }

  /** Reads all of it once. */
  @Benchmark
  public int read() {
    MemoryReader made = reader;
    return made == null ? 0 : made.sum(streams);
  }
}
