package dev.phoenix.serving.http;

import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.oip.InferenceModels;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.web.Handler;
import dev.phoenix.serving.web.Routes;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.util.List;
import java.util.function.BiFunction;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What the Open Inference Protocol tells of server and models over REST, with the repository and
 * statistics extensions of Triton.
 */
final class OpenInferenceMetadata {
  private static final List<String> EXTENSIONS =
      List.of("binary_tensor_data", "model_repository", "statistics");

  private final WebServerPort.Context context;
  private final ServingEngine engine;
  private final Answers answers;
  private final ModelStatistics statistics;

  OpenInferenceMetadata(
      WebServerPort.Context context, Answers answers, ModelStatistics statistics) {
    this.context = context;
    this.engine = context.engine();
    this.answers = answers;
    this.statistics = statistics;
  }

  void route(Routes routing) {
    routing.get("/v2", (_, response) -> Answers.json(response, Json.bytes(this::server)));
    routing.get(
        "/v2/health/live",
        (_, response) -> Answers.json(response, Json.bytes(json -> flag(json, "live", true))));
    routing.get("/v2/health/ready", (_, response) -> ready(response));
    routing.get("/v2/models", (_, response) -> Answers.json(response, Json.bytes(this::models)));
    routing.get(
        "/v2/models/stats",
        telling((_, _) -> statistics(InferenceModels.served(engine.model()), "")));
    routing.post("/v2/repository/index", telling(this::index));
    for (String action : List.of("load", "unload")) {
      routing.post("/v2/repository/models/{model}/" + action, this::notSupported);
    }
    for (String prefix : List.of("/v2/models/{model}", "/v2/models/{model}/versions/{version}")) {
      routing.get(prefix, telling((request, _) -> metadata(request)));
      routing.get(prefix + "/ready", this::modelReady);
      routing.get(
          prefix + "/stats",
          telling(
              (request, _) ->
                  statistics(
                      List.of(request.pathParameter("model")), request.pathParameter("version"))));
    }
  }

  private Handler telling(BiFunction<ServerRequest, ServerResponse, byte[]> answer) {
    return (request, response) ->
        answers.tell(response, () -> Answers.json(response, answer.apply(request, response)));
  }

  private static void flag(JsonGenerator json, String name, boolean value) {
    json.writeStartObject().writeBooleanProperty(name, value).writeEndObject();
  }

  private void ready(ServerResponse response) {
    boolean ready = context.ready().getAsBoolean();
    response.status(ready ? 200 : 503);
    Answers.json(
        response,
        ready
            ? Json.bytes(json -> flag(json, "ready", true))
            : Answers.error("the server is not ready"));
  }

  private void modelReady(ServerRequest request, ServerResponse response) {
    answers.tell(
        response,
        () -> {
          String model = request.pathParameter("model");
          InferenceModels.served(model, request.pathParameter("version"), engine.model());
          ready(response);
        });
  }

  private void server(JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("name", "phoenix");
    json.writeStringProperty("version", "0.1.0");
    json.writeArrayPropertyStart("extensions");
    EXTENSIONS.forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  private void models(JsonGenerator json) {
    json.writeStartObject();
    json.writeArrayPropertyStart("models");
    InferenceModels.served(engine.model()).forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  private byte[] index(ServerRequest request, ServerResponse response) {
    boolean onlyReady =
        answers.read(
            request,
            response,
            body ->
                body.length > 0 && Json.read(body, body.length, OpenInferenceMetadata::onlyReady));
    boolean ready = context.ready().getAsBoolean();
    ModelInfo info = engine.model();
    return Json.bytes(
        json -> {
          json.writeStartArray();
          for (String model : InferenceModels.served(info)) {
            if (ready || !onlyReady) {
              json.writeStartObject();
              json.writeStringProperty("name", model);
              json.writeStringProperty("version", info == null ? "" : info.version());
              json.writeStringProperty("state", ready ? "READY" : "UNAVAILABLE");
              json.writeStringProperty("reason", ready ? "" : "the server is not ready");
              json.writeEndObject();
            }
          }
          json.writeEndArray();
        });
  }

  private static boolean onlyReady(JsonParser json) {
    boolean ready = false;
    Json.expect(json, JsonToken.START_OBJECT, "the request");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      if (!key.equals("ready")) {
        throw Json.unknown("the request", key, List.of("ready"));
      }
      ready = Json.bool(json, key);
    }
    return ready;
  }

  private void notSupported(ServerRequest request, ServerResponse response) {
    response.status(501);
    Answers.json(
        response,
        Answers.error(
            "loading and unloading are not supported here: models change by a reload, which needs"
                + " the admin token"));
  }

  private byte[] metadata(ServerRequest request) {
    String model = request.pathParameter("model");
    ModelInfo info =
        InferenceModels.served(model, request.pathParameter("version"), engine.model());
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("name", model);
          json.writeArrayPropertyStart("versions");
          json.writeString(info.version());
          json.writeEndArray();
          json.writeStringProperty("platform", "phoenix");
          write(json, "inputs", InferenceModels.inputs(model, info));
          write(json, "outputs", InferenceModels.outputs(model, info));
          json.writeEndObject();
        });
  }

  private static void write(
      JsonGenerator json, String name, List<InferenceModels.Signature> signatures) {
    json.writeArrayPropertyStart(name);
    for (InferenceModels.Signature signature : signatures) {
      json.writeStartObject();
      json.writeStringProperty("name", signature.name());
      json.writeStringProperty("datatype", signature.datatype().name());
      json.writeArrayPropertyStart("shape");
      for (long dimension : signature.shape()) {
        json.writeNumber(dimension);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The statistics of the models {@code names}. */
  private byte[] statistics(List<String> names, String version) {
    ModelInfo served = engine.model();
    if (served == null) {
      throw new Rejection(Reason.LOADING, "the model is being loaded");
    }
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("model_stats");
          for (String model : names) {
            ModelInfo info = InferenceModels.served(model, version, served);
            write(json, model, info, statistics.of(model));
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(
      JsonGenerator json, String model, ModelInfo info, ModelStatistics.Figures figures) {
    json.writeStartObject();
    json.writeStringProperty("name", model);
    json.writeStringProperty("version", info.version());
    json.writeNumberProperty("last_inference", figures.lastMillis());
    json.writeNumberProperty("inference_count", figures.success().count());
    json.writeNumberProperty("execution_count", Math.round(figures.executions()));
    json.writeObjectPropertyStart("inference_stats");
    write(json, "success", figures.success());
    write(json, "fail", figures.fail());
    write(json, "queue", figures.queue());
    write(json, "compute_input", figures.input());
    write(json, "compute_infer", figures.infer());
    write(json, "compute_output", figures.output());
    write(json, "cache_hit", new ModelStatistics.Duration(0, 0));
    write(json, "cache_miss", new ModelStatistics.Duration(0, 0));
    json.writeEndObject();
    json.writeArrayPropertyStart("batch_stats");
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, ModelStatistics.Duration duration) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", duration.count());
    json.writeNumberProperty("ns", duration.nanos());
    json.writeEndObject();
  }
}
