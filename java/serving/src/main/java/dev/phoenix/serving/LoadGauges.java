package dev.phoenix.serving;

/** Gauges of the loads of models. */
record LoadGauges(ModelStore models) {
  private static final double MILLIS_PER_SECOND = 1000;

  void register(EngineMetrics metrics) {
    metrics.watch(
        "checkpoint_reload_in_progress",
        "1 while a model is loaded",
        () -> models.isLoading() ? 1 : 0);
    metrics.watch(
        "phoenix_last_load_success",
        "1 if the last load of a model succeeded, 0 if it failed or none has ended",
        this::success);
    metrics.watch(
        "phoenix_last_load_timestamp_seconds",
        "When the last load of a model ended, in seconds since 1970; 0 before the first has",
        this::seconds);
  }

  private double success() {
    LoadOutcome last = models.lastLoad();
    return last != null && last.succeeded() ? 1 : 0;
  }

  private double seconds() {
    LoadOutcome last = models.lastLoad();
    return last == null ? 0 : last.ended().toEpochMilli() / MILLIS_PER_SECOND;
  }
}
