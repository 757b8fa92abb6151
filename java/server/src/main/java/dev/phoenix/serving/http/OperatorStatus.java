package dev.phoenix.serving.http;

import dev.phoenix.serving.LoadOutcome;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import java.util.function.BooleanSupplier;
import tools.jackson.core.JsonGenerator;

/** What only an operator is told: readiness, requests in flight, and how the last load ended. */
record OperatorStatus(ServingEngine engine, Reloader reloader, BooleanSupplier ready) {
  private static final double MILLIS_PER_SECOND = 1000;

  void write(JsonGenerator json) {
    json.writeBooleanProperty("ready", ready.getAsBoolean());
    json.writeNumberProperty("in_flight", engine.inFlight());
    json.writeBooleanProperty("load_in_progress", reloader.isBusy());
    LoadOutcome last = engine.lastLoad();
    if (last != null) {
      json.writeObjectPropertyStart("last_load");
      json.writeStringProperty("ended", last.ended().toString());
      json.writeNumberProperty("took_seconds", last.took().toMillis() / MILLIS_PER_SECOND);
      json.writeStringProperty("model", last.model());
      json.writeBooleanProperty("succeeded", last.succeeded());
      last.version().ifPresent(version -> json.writeStringProperty("version", version));
      last.failure().ifPresent(failure -> json.writeStringProperty("failure", failure));
      json.writeEndObject();
    }
  }
}
