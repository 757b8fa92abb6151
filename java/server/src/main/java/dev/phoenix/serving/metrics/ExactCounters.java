package dev.phoenix.serving.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * Counters by name and labels. The product's own, which begin with {@code phoenix_}, are shown with
 * {@code _total} and as counters. Other names are those that existing dashboards read, so they are
 * shown as they are; the library's format has counters only with {@code _total}, so their type is
 * untyped, which queries do not distinguish. Triton's names have its labels {@code model} and
 * {@code version}.
 */
final class ExactCounters implements MultiCollector {
  private static final String OWN = "phoenix_";
  private static final String TRITON = "nv_inference_";

  private final Map<Series, LongAdder> series = new ConcurrentHashMap<>();
  private final Map<String, Watched> gauges = new ConcurrentHashMap<>();
  private volatile Tags model = Tags.of("model", "", "version", "");

  private record Series(String name, Tags tags) {}

  private record Watched(String help, DoubleSupplier value) {}

  /** Whether a name is one of Triton's. */
  static boolean isTritons(String name) {
    return name.startsWith(TRITON);
  }

  /** Names the model for Triton's metrics, whose series of another model or version end. */
  void model(String name, String version) {
    Tags next = Tags.of("model", name, "version", version);
    model = next;
    List<Series> before = series.keySet().stream().filter(each -> isTritons(each.name())).toList();
    for (Series each : before) {
      if (!each.tags().stream().toList().containsAll(next.stream().toList())) {
        series.remove(each);
        add(each.name(), without(each.tags()), 0);
      }
    }
  }

  private static Tags without(Tags tags) {
    return Tags.of(
        tags.stream()
            .filter(tag -> !tag.getKey().equals("model") && !tag.getKey().equals("version"))
            .toList());
  }

  /** Adds a gauge with Triton's labels. */
  void watch(String name, String help, DoubleSupplier value) {
    gauges.put(name, new Watched(help, value));
  }

  void add(String name, long amount) {
    add(name, Tags.empty(), amount);
  }

  void add(String name, Tags tags, long amount) {
    Tags all = isTritons(name) ? model.and(tags) : tags;
    series.computeIfAbsent(new Series(name, all), _ -> new LongAdder()).add(amount);
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
    Map<String, Map<Labels, Long>> byName = new TreeMap<>();
    series.forEach(
        (key, value) ->
            byName
                .computeIfAbsent(key.name(), _ -> new LinkedHashMap<>())
                .put(labels(key.tags()), value.sum()));
    List<MetricSnapshot> all = new ArrayList<>();
    byName.forEach(
        (name, values) -> all.add(name.startsWith(OWN) ? own(name, values) : exact(name, values)));
    gauges.forEach((name, watched) -> all.add(gauge(name, watched)));
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot own(String name, Map<Labels, Long> values) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(name).help(CounterHelp.of(name));
    values.forEach(
        (labels, value) ->
            counter.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value((double) value)
                    .build()));
    return counter.build();
  }

  private static MetricSnapshot exact(String name, Map<Labels, Long> values) {
    UnknownSnapshot.Builder counter =
        UnknownSnapshot.builder().name(name).help(CounterHelp.of(name));
    values.forEach(
        (labels, value) ->
            counter.dataPoint(
                UnknownSnapshot.UnknownDataPointSnapshot.builder()
                    .labels(labels)
                    .value((double) value)
                    .build()));
    return counter.build();
  }

  private MetricSnapshot gauge(String name, Watched watched) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(watched.help())
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels(model))
                .value(watched.value().getAsDouble())
                .build())
        .build();
  }

  private static Labels labels(Tags tags) {
    Labels.Builder labels = Labels.builder();
    for (Tag tag : tags) {
      labels.label(tag.getKey(), tag.getValue());
    }
    return labels.build();
  }
}
