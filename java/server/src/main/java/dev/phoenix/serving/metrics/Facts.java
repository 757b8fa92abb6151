package dev.phoenix.serving.metrics;

import dev.phoenix.serving.ModelInfo;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What runs: the build, the model that serves, and the GPU where there is one. */
final class Facts implements MultiCollector {
  private static final double MILLIS_PER_SECOND = 1000;

  private volatile @Nullable ModelInfo model;
  private volatile @Nullable GpuFacts gpu;

  void model(ModelInfo serving) {
    model = serving;
  }

  void gpu(GpuFacts opened) {
    gpu = opened;
  }

  /** The version of the build; {@code development} outside of a jar. */
  private static String version() {
    return Objects.requireNonNullElse(
        Facts.class.getPackage().getImplementationVersion(), "development");
  }

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(
        info(
            "phoenix_build",
            "The build, and the JVM that runs it",
            Labels.of("version", version(), "java", Runtime.version().toString())));
    ModelInfo serving = model;
    if (serving != null) {
      all.add(
          info(
              "phoenix_model",
              "The model that serves",
              Labels.of(
                  new String[] {"model", "version", "backend", "precision", "ranker"},
                  new String[] {
                    serving.name(),
                    serving.version(),
                    serving.backend(),
                    serving.precision(),
                    Boolean.toString(serving.ranker().isPresent())
                  })));
      all.add(
          gauge(
              "phoenix_model_written_timestamp_seconds",
              "When the model's parameters were written, in seconds since 1970",
              serving.written().toEpochMilli() / MILLIS_PER_SECOND));
    }
    GpuFacts opened = gpu;
    if (opened != null) {
      all.add(
          info(
              "phoenix_gpu",
              "The GPU that computes",
              Labels.of(
                  "backend", opened.backend(),
                  "name", opened.name(),
                  "compute_capability", opened.computeCapability())));
      all.add(
          gauge(
              "phoenix_gpu_memory_bytes",
              "Memory of the GPU in bytes",
              (double) opened.memoryBytes()));
      all.add(
          gauge(
              "phoenix_gpu_allocated_bytes",
              "Device and pinned memory that this process holds, in bytes",
              (double) opened.allocatedBytes().getAsLong()));
    }
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot info(String name, String help, Labels labels) {
    return InfoSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
        .build();
  }

  private static MetricSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }
}
