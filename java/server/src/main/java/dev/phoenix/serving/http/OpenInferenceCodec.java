package dev.phoenix.serving.http;

import dev.phoenix.serving.PostSelection;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.oip.Datatype;
import dev.phoenix.serving.oip.InferTensor;
import dev.phoenix.serving.oip.InferenceDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Decodes requests of the Open Inference Protocol's REST form, with binary tensors: a header gives
 * the length of the JSON, and the tensors with a {@code binary_data_size} follow it in order.
 */
final class OpenInferenceCodec {
  private static final int MAX_INPUTS = 32;
  private static final int MAX_DIMENSIONS = 8;
  private static final List<String> REQUEST =
      List.of("id", "inputs", "outputs", "parameters", "model_name", "model_version");
  private static final List<String> PARAMETERS =
      List.of("binary_data_output", InferenceDecoder.POSTS);
  private static final List<String> INPUT =
      List.of("name", "datatype", "shape", "data", "parameters");

  private OpenInferenceCodec() {}

  /**
   * A request.
   *
   * @param inputs the tensors, which may refer to the body
   * @param choice the selection of posts to retrieve
   * @param wanted the requested form of the response
   * @param said model and version, if the body names them beside the path
   */
  record Request(
      List<InferTensor> inputs, PostSelection choice, Wanted wanted, Map<String, String> said) {
    /** Refuses a model or version in the body that is not that of the path. */
    void requireNamed(String model, String version) {
      requireSame("model_name", model);
      if (!version.isEmpty()) {
        requireSame("model_version", version);
      }
    }

    private void requireSame(String key, String expected) {
      String found = said.getOrDefault(key, expected);
      if (!found.equals(expected)) {
        throw new Rejection(
            Reason.INVALID,
            "%s: expected %s as in the path, found %s"
                .formatted(key, expected, Rejection.quoted(found)));
      }
    }
  }

  /**
   * The requested form of a response.
   *
   * @param id the caller's id of the request; empty for none
   * @param binary for every output requested by name, whether it is binary; empty to request all
   * @param allBinary whether outputs without a setting are binary
   */
  record Wanted(String id, Map<String, Boolean> binary, boolean allBinary) {}

  private static final class Input {
    String name = "";
    String datatype = "";
    long[] shape = new long[0];
    @Nullable NumberList data;
    int binarySize = -1;
  }

  private static final class Fields {
    String id = "";
    final List<Input> inputs = new ArrayList<>();
    final Map<String, Boolean> outputs = new HashMap<>();
    final Map<String, String> said = new HashMap<>();
    PostSelection choice = PostSelection.DEFAULT;
    boolean allBinary;
    int inputsRead;
    int outputsRead;
  }

  /** Reads a request whose JSON takes the first {@code jsonLength} bytes. */
  static Request decode(byte[] body, int jsonLength) {
    if (jsonLength < 0 || jsonLength > body.length) {
      throw new Rejection(
          Reason.INVALID, "Inference-Header-Content-Length: expected at most the body's length");
    }
    Fields fields = Json.read(body, jsonLength, OpenInferenceCodec::fields);
    List<InferTensor> inputs = new ArrayList<>();
    int at = jsonLength;
    for (Input input : fields.inputs) {
      if (input.data != null && input.binarySize >= 0) {
        throw new Rejection(
            Reason.INVALID, "an input has both data and binary_data_size: expected one of them");
      }
      Datatype datatype = Datatype.of(input.datatype);
      ByteBuffer data;
      if (input.binarySize >= 0) {
        if (input.binarySize > body.length - at) {
          throw new Rejection(Reason.INVALID, "binary_data_size: expected no more than follows");
        }
        data = ByteBuffer.wrap(body, at, input.binarySize);
        at += input.binarySize;
      } else if (input.data != null) {
        data = input.data.as(datatype);
      } else {
        throw new Rejection(Reason.INVALID, "an input has neither data nor binary_data_size");
      }
      inputs.add(new InferTensor(input.name, datatype, input.shape, data));
    }
    Wanted wanted = new Wanted(fields.id, fields.outputs, fields.allBinary);
    return new Request(inputs, fields.choice, wanted, fields.said);
  }

  private static Fields fields(JsonParser json) {
    Fields fields = new Fields();
    Json.expect(json, JsonToken.START_OBJECT, "the request");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "id" -> fields.id = text(json, key);
        case "inputs" ->
            fields.inputsRead =
                array(json, key, fields.inputsRead, () -> fields.inputs.add(input(json)));
        case "outputs" ->
            fields.outputsRead =
                array(json, key, fields.outputsRead, () -> output(json, fields.outputs));
        case "parameters" -> parameters(json, fields);
        case "model_name", "model_version" -> fields.said.put(key, text(json, key));
        default -> throw Json.unknown("the request", key, REQUEST);
      }
    }
    return fields;
  }

  private static void parameters(JsonParser json, Fields fields) {
    Json.expect(json, JsonToken.START_OBJECT, "parameters");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "binary_data_output" -> fields.allBinary = Json.bool(json, key);
        case InferenceDecoder.POSTS -> fields.choice = PostSelection.parse(text(json, key));
        default -> throw Json.unknown("parameters", key, PARAMETERS);
      }
    }
  }

  /**
   * Reads an array; the same key may occur several times.
   *
   * @param before the number of elements of the earlier arrays
   * @return the number of elements of all arrays so far
   */
  private static int array(JsonParser json, String what, int before, Runnable element) {
    Json.expect(json, JsonToken.START_ARRAY, what);
    int count = before;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      count = RequestLimits.require(what, count + 1, MAX_INPUTS);
      element.run();
    }
    return count;
  }

  private static String text(JsonParser json, String what) {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw Json.wrong(what, "a string");
    }
    return json.getString();
  }

  private static Input input(JsonParser json) {
    Input input = new Input();
    Json.expect(json, JsonToken.START_OBJECT, "an input");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "name" -> input.name = text(json, key);
        case "datatype" -> input.datatype = text(json, key);
        case "shape" -> input.shape = shape(json);
        case "data" -> input.data = NumberList.read(json);
        case "parameters" -> input.binarySize = binarySize(json);
        default -> throw Json.unknown("an input", key, INPUT);
      }
    }
    return input;
  }

  private static long[] shape(JsonParser json) {
    long[] shape = new long[MAX_DIMENSIONS];
    int[] count = {0};
    Json.expect(json, JsonToken.START_ARRAY, "shape");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      RequestLimits.require("dimensions of a tensor", count[0] + 1, MAX_DIMENSIONS);
      shape[count[0]++] = Json.integer(json, "shape");
    }
    return Arrays.copyOf(shape, count[0]);
  }

  private static int binarySize(JsonParser json) {
    int size = -1;
    Json.expect(json, JsonToken.START_OBJECT, "parameters");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      if (!key.equals("binary_data_size")) {
        throw Json.unknown("the parameters of an input", key, List.of("binary_data_size"));
      }
      size = Json.integer(json, key);
      if (size < 0) {
        throw Json.wrong(key, "0 or more");
      }
    }
    return size;
  }

  private static boolean flag(JsonParser json, String name) {
    boolean value = false;
    Json.expect(json, JsonToken.START_OBJECT, "parameters");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      if (!key.equals(name)) {
        throw Json.unknown("the parameters of an output", key, List.of(name));
      }
      value = Json.bool(json, key);
    }
    return value;
  }

  private static void output(JsonParser json, Map<String, Boolean> outputs) {
    String name = "";
    boolean binary = false;
    Json.expect(json, JsonToken.START_OBJECT, "an output");
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.nextToken();
      switch (key) {
        case "name" -> name = text(json, key);
        case "parameters" -> binary = flag(json, "binary_data");
        default -> throw Json.unknown("an output", key, List.of("name", "parameters"));
      }
    }
    outputs.put(name, binary);
  }
}
