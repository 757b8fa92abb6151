package dev.phoenix.serving.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters with exactly the given names. The registry's own counters always end in {@code _total},
 * but dashboards of inference servers read names without it.
 */
final class ExactCounters implements MultiCollector {
  private final Map<Series, LongAdder> series = new ConcurrentHashMap<>();

  private record Series(String name, Tags tags) {}

  void add(String name, long amount) {
    add(name, Tags.empty(), amount);
  }

  void add(String name, Tags tags, long amount) {
    series.computeIfAbsent(new Series(name, tags), _ -> new LongAdder()).add(amount);
  }

  /** The sum over all labels. */
  long sum(String name) {
    return series.entrySet().stream()
        .filter(each -> each.getKey().name().equals(name))
        .mapToLong(each -> each.getValue().sum())
        .sum();
  }

  /** The sum over the series that have a label of this value. */
  long get(String name, String value) {
    return series.entrySet().stream()
        .filter(each -> each.getKey().name().equals(name))
        .filter(each -> each.getKey().tags().stream().anyMatch(t -> t.getValue().equals(value)))
        .mapToLong(each -> each.getValue().sum())
        .sum();
  }

  @Override
  public MetricSnapshots collect() {
    Map<String, UnknownSnapshot.Builder> byName = new TreeMap<>();
    series.forEach(
        (key, value) ->
            byName
                .computeIfAbsent(key.name(), name -> UnknownSnapshot.builder().name(name))
                .dataPoint(
                    UnknownSnapshot.UnknownDataPointSnapshot.builder()
                        .labels(labels(key.tags()))
                        .value((double) value.sum())
                        .build()));
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    byName.values().forEach(each -> all.metricSnapshot(each.build()));
    return all.build();
  }

  private static Labels labels(Tags tags) {
    Labels.Builder labels = Labels.builder();
    for (Tag tag : tags) {
      labels.label(tag.getKey(), tag.getValue());
    }
    return labels.build();
  }
}
