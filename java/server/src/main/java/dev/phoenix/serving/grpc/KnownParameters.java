package dev.phoenix.serving.grpc;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.oip.InferenceDecoder;
import inference.InferParameter;
import inference.ModelInferRequest;
import java.util.List;
import java.util.Map;

/** Refuses parameters of a request that mean nothing: a caller would miss what they ask for. */
final class KnownParameters {
  private KnownParameters() {}

  /**
   * Checks the parameters of a request, of its inputs and of its outputs.
   *
   * @throws Rejection naming the parameter that is not known, and those that are
   */
  static void require(ModelInferRequest request) {
    requireOnly("parameters", request.getParametersMap(), List.of(InferenceDecoder.POSTS));
    for (var input : request.getInputsList()) {
      requireOnly("the parameters of an input", input.getParametersMap(), List.of());
    }
    for (var output : request.getOutputsList()) {
      requireOnly("the parameters of an output", output.getParametersMap(), List.of());
    }
  }

  private static void requireOnly(
      String what, Map<String, InferParameter> parameters, List<String> known) {
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        String expected = known.isEmpty() ? "none" : "some of " + known;
        throw new Rejection(
            Reason.INVALID,
            "%s: expected %s, found %s".formatted(what, expected, Rejection.quoted(name)));
      }
    }
  }
}
