package dev.phoenix.serving.http;

import dev.phoenix.serving.oip.Datatype;
import dev.phoenix.serving.oip.InferTensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Encodes responses of the Open Inference Protocol's REST form, with binary tensors. */
final class OpenInferenceEncoder {
  private OpenInferenceEncoder() {}

  /** A response: JSON followed by the binary outputs. */
  record Response(byte[] body, int jsonLength) {}

  /** Writes a response. */
  static Response encode(
      OpenInferenceCodec.Wanted wanted, String model, String version, List<InferTensor> tensors) {
    ByteArrayOutputStream binary = new ByteArrayOutputStream();
    byte[] header =
        Json.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("model_name", model);
              json.writeStringProperty("model_version", version);
              if (!wanted.id().isEmpty()) {
                json.writeStringProperty("id", wanted.id());
              }
              json.writeArrayPropertyStart("outputs");
              for (InferTensor tensor : tensors) {
                boolean all = wanted.binary().isEmpty();
                if (all || wanted.binary().containsKey(tensor.name())) {
                  boolean asBytes =
                      wanted.binary().getOrDefault(tensor.name(), false) || wanted.allBinary();
                  write(json, tensor, asBytes ? binary : null);
                }
              }
              json.writeEndArray();
              json.writeEndObject();
            });
    byte[] body = Arrays.copyOf(header, header.length + binary.size());
    System.arraycopy(binary.toByteArray(), 0, body, header.length, binary.size());
    return new Response(body, header.length);
  }

  private static void write(
      JsonGenerator json, InferTensor tensor, @Nullable ByteArrayOutputStream binary) {
    json.writeStartObject();
    json.writeStringProperty("name", tensor.name());
    json.writeStringProperty("datatype", tensor.datatype().name());
    json.writeArrayPropertyStart("shape");
    for (long dimension : tensor.shape()) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
    ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (binary != null) {
      json.writeObjectPropertyStart("parameters");
      json.writeNumberProperty("binary_data_size", data.remaining());
      json.writeEndObject();
      binary.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
    } else {
      json.writeArrayPropertyStart("data");
      for (int i = 0; i < tensor.count(); i++) {
        if (tensor.datatype() == Datatype.FP32) {
          json.writeNumber(data.getFloat());
        } else {
          json.writeNumber(new java.math.BigInteger(Long.toUnsignedString(data.getLong())));
        }
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
