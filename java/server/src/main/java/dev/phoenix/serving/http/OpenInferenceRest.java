package dev.phoenix.serving.http;

import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.oip.InferTensor;
import dev.phoenix.serving.oip.InferenceDecoder;
import dev.phoenix.serving.oip.InferenceModels;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The Open Inference Protocol over REST. */
final class OpenInferenceRest {
  private static final HeaderName JSON_LENGTH =
      HeaderNames.create("Inference-Header-Content-Length");

  private final WebServerPort.Context context;
  private final ServingEngine engine;
  private final Answers answers;
  private final InferenceDecoder decoder;

  OpenInferenceRest(WebServerPort.Context context, Answers answers) {
    this.context = context;
    this.engine = context.engine();
    this.answers = answers;
    this.decoder = new InferenceDecoder(engine.limits(), context.policy(), engine::historyCut);
  }

  void route(HttpRouting.Builder routing) {
    routing.get("/v2", (_, response) -> Answers.json(response, Json.bytes(this::server)));
    routing.get("/v2/health/live", (_, response) -> response.send());
    routing.get(
        "/v2/health/ready", (_, response) -> ready(response, context.ready().getAsBoolean()));
    routing.get(
        "/v2/models/{model}/ready",
        (request, response) ->
            ready(
                response,
                InferenceModels.has(model(request), engine.model())
                    && context.ready().getAsBoolean()));
    routing.get(
        "/v2/models/{model}",
        (request, response) -> answers.handle(response, () -> metadata(request, response)));
    routing.post(
        "/v2/models/{model}/infer",
        (request, response) -> answers.handle(response, () -> infer(request, response)));
  }

  private static String model(ServerRequest request) {
    return request.path().pathParameters().get("model");
  }

  private static void ready(ServerResponse response, boolean ready) {
    response.status(ready ? 200 : 503);
    response.send();
  }

  private void server(JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("name", "phoenix");
    json.writeStringProperty("version", "0.1.0");
    json.writeArrayPropertyStart("extensions");
    json.writeString("binary_tensor_data");
    json.writeEndArray();
    json.writeEndObject();
  }

  private void metadata(ServerRequest request, ServerResponse response) {
    String model = model(request);
    InferenceModels.require(model);
    ModelInfo info = engine.model();
    if (info == null) {
      throw new Rejection(Reason.LOADING, "the model is being loaded");
    }
    InferenceModels.require(model, info);
    Answers.json(
        response,
        Json.bytes(
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
            }));
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

  /** A decoded request. */
  private record Asked(ServingRequest serving, OpenInferenceCodec.Wanted wanted) {}

  private void infer(ServerRequest request, ServerResponse response) {
    long begin = System.nanoTime();
    String model = model(request);
    answers.admit(request, engine.defaultDeadlineNanos());
    Asked asked = answers.read(request, body -> decode(request, body));
    int[] length = new int[1];
    byte[] answer =
        answers.await(
            request,
            asked.serving(),
            begin,
            found -> {
              List<InferTensor> tensors = InferenceModels.encode(model, found, context.policy());
              OpenInferenceCodec.Response encoded =
                  OpenInferenceCodec.encode(asked.wanted(), model, found.modelVersion(), tensors);
              length[0] = encoded.jsonLength();
              return encoded.body();
            });
    boolean mixed = length[0] < answer.length;
    response.header("Content-Type", mixed ? "application/octet-stream" : "application/json");
    if (mixed) {
      response.header("Inference-Header-Content-Length", Integer.toString(length[0]));
    }
    Answers.send(request, response, answer);
  }

  private Asked decode(ServerRequest request, byte[] body) {
    int head = jsonLength(request, body.length);
    OpenInferenceCodec.Request asked = answers.codec(() -> OpenInferenceCodec.decode(body, head));
    ModelInfo info = engine.model();
    if (info != null) {
      InferenceModels.require(model(request), info);
      InferenceModels.requireOutputs(model(request), asked.wanted().binary().keySet(), info);
    }
    ServingRequest serving =
        decoder.decode(
            new InferenceDecoder.Asked(model(request), asked.inputs(), asked.choice()),
            engine.defaultDeadlineNanos());
    return new Asked(serving, asked.wanted());
  }

  private static int jsonLength(ServerRequest request, int bodyLength) {
    String text = request.headers().first(JSON_LENGTH).orElse(Integer.toString(bodyLength));
    if (!text.matches("[0-9]{1,9}")) {
      throw new Rejection(
          Reason.INVALID, "Inference-Header-Content-Length: expected a number of bytes");
    }
    return Integer.parseInt(text);
  }
}
