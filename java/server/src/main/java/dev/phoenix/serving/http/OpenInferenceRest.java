package dev.phoenix.serving.http;

import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.oip.InferTensor;
import dev.phoenix.serving.oip.InferenceDecoder;
import dev.phoenix.serving.oip.InferenceModels;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.web.Routes;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.util.List;

/** The Open Inference Protocol over REST. */
final class OpenInferenceRest {
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private final WebServerPort.Context context;
  private final ServingEngine engine;
  private final Answers answers;
  private final InferenceDecoder decoder;
  private final ModelStatistics statistics;

  OpenInferenceRest(WebServerPort.Context context, Answers answers, ModelStatistics statistics) {
    this.context = context;
    this.engine = context.engine();
    this.answers = answers;
    this.decoder = new InferenceDecoder(engine.limits(), context.policy(), engine::historyCut);
    this.statistics = statistics;
  }

  void route(Routes routing) {
    OpenInferenceMetadata metadata = new OpenInferenceMetadata(context, answers, statistics);
    metadata.route(routing);
    for (String prefix : List.of("/v2/models/{model}", "/v2/models/{model}/versions/{version}")) {
      routing.post(
          prefix + "/infer",
          (request, response) -> answers.handle(response, () -> infer(request, response)));
    }
  }

  /** A decoded request. */
  private record Asked(ServingRequest serving, OpenInferenceCodec.Wanted wanted) {}

  private void infer(ServerRequest request, ServerResponse response) {
    long begin = System.nanoTime();
    try {
      infer(request, response, begin);
    } catch (RuntimeException | Error failed) {
      if (!response.isSent()) {
        statistics.failed(request.pathParameter("model"), System.nanoTime() - begin);
      }
      throw failed;
    }
  }

  private void infer(ServerRequest request, ServerResponse response, long begin) {
    String model = request.pathParameter("model");
    InferenceModels.served(model, request.pathParameter("version"), engine.model());
    answers.admit(request, engine.defaultDeadlineNanos());
    Asked asked = answers.read(request, response, body -> decode(request, body));
    long decoded = System.nanoTime();
    int[] length = new int[1];
    byte[] answer =
        answers.await(
            request,
            asked.serving(),
            begin,
            found -> {
              long encoding = System.nanoTime();
              List<InferTensor> tensors = InferenceModels.encode(model, found, context.policy());
              OpenInferenceEncoder.Response encoded =
                  OpenInferenceEncoder.encode(asked.wanted(), model, found.modelVersion(), tensors);
              length[0] = encoded.jsonLength();
              long end = System.nanoTime();
              statistics.succeeded(
                  model,
                  new ModelStatistics.Times(end - begin, decoded - begin, end - encoding),
                  found.timing());
              return encoded.body();
            });
    boolean mixed = length[0] < answer.length;
    response.header("Content-Type", mixed ? "application/octet-stream" : "application/json");
    if (mixed) {
      response.header(JSON_LENGTH, Integer.toString(length[0]));
    }
    Answers.send(request, response, answer);
  }

  private Asked decode(ServerRequest request, byte[] body) {
    int head = jsonLength(request, body.length);
    OpenInferenceCodec.Request asked = answers.codec(() -> OpenInferenceCodec.decode(body, head));
    String model = request.pathParameter("model");
    ModelInfo info =
        InferenceModels.served(model, request.pathParameter("version"), engine.model());
    InferenceModels.requireOutputs(model, asked.wanted().binary().keySet(), info);
    asked.requireNamed(model, request.pathParameter("version"));
    ServingRequest serving =
        decoder.decode(
            new InferenceDecoder.Asked(model, asked.inputs(), asked.choice()),
            engine.defaultDeadlineNanos());
    return new Asked(serving, asked.wanted());
  }

  private static int jsonLength(ServerRequest request, int bodyLength) {
    String text = request.header(JSON_LENGTH).orElse(Integer.toString(bodyLength));
    if (!text.matches("[0-9]{1,9}")) {
      throw new Rejection(
          Reason.INVALID, "Inference-Header-Content-Length: expected a number of bytes");
    }
    return Integer.parseInt(text);
  }
}
