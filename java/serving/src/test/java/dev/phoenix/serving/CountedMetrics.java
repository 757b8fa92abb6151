package dev.phoenix.serving;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Counts the events of an engine that tests assert. */
final class CountedMetrics implements EngineMetrics {
  private final Map<String, DoubleSupplier> watched = new ConcurrentHashMap<>();
  private final LongAdder keptBytes = new LongAdder();
  private final LongAdder found = new LongAdder();
  private final LongAdder failedLoads = new LongAdder();

  @Override
  public void watch(String name, String help, DoubleSupplier value) {
    watched.put(name, value);
  }

  @Override
  public void lookup(String part, boolean wasFound) {
    found.add(wasFound ? 1 : 0);
  }

  @Override
  public void keptBytes(long change) {
    keptBytes.add(change);
  }

  @Override
  public void loadFailed() {
    failedLoads.increment();
  }

  /** The value of a gauge that the engine offers. */
  double value(String name) {
    return Objects.requireNonNull(watched.get(name), name).getAsDouble();
  }

  /** Bytes that kept histories take. */
  long keptBytes() {
    return keptBytes.sum();
  }

  /** Histories that were kept when they were looked for. */
  long found() {
    return found.sum();
  }

  /** Models that could not be loaded. */
  long failedLoads() {
    return failedLoads.sum();
  }
}
