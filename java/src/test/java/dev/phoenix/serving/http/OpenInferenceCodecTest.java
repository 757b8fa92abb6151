package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.serving.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Counts of inference requests in JSON. */
class OpenInferenceCodecTest {
  private static OpenInferenceCodec.Request decode(String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return OpenInferenceCodec.decode(body, body.length);
  }

  private static String refusal(String json) {
    Rejection refused = assertThrows(Rejection.class, () -> decode(json));
    assertEquals(Rejection.Reason.INVALID, refused.reason());
    return String.valueOf(refused.getMessage());
  }

  private static String arrays(String key, String element, int each) {
    String array =
        "\"%s\": [%s]".formatted(key, String.join(",", Collections.nCopies(each, element)));
    return "{%s, \"id\": \"a\", %s}".formatted(array, array);
  }

  @Test
  void aKeyThatComesAgainIsCountedOn() {
    String input = "{\"datatype\": \"INT32\", \"shape\": [0], \"data\": []}";
    assertEquals(32, decode(arrays("inputs", input, 16)).inputs().size());
    assertEquals("inputs: expected at most 32, found 33", refusal(arrays("inputs", input, 17)));
    String output = "{\"name\": \"post_ids\"}";
    assertEquals(1, decode(arrays("outputs", output, 16)).binary().size());
    assertEquals("outputs: expected at most 32, found 33", refusal(arrays("outputs", output, 17)));
  }
}
