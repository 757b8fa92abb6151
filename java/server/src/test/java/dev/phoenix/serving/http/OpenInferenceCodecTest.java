package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.oip.InferTensor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts and ranges of inference requests in JSON. */
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

  private static InferTensor tensor(String datatype, String data) {
    return decode(json(datatype, data)).inputs().getFirst();
  }

  private static String json(String datatype, String data) {
    return "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": [%d], \"data\": [%s]}]}"
        .formatted(datatype, data.split(",", -1).length, data);
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
    assertEquals(1, decode(arrays("outputs", output, 16)).wanted().binary().size());
    assertEquals("outputs: expected at most 32, found 33", refusal(arrays("outputs", output, 17)));
  }

  @ParameterizedTest
  @CsvSource({
    "INT32, -2147483648, 2147483647",
    "INT64, -9223372036854775808, 9223372036854775807",
    "UINT64, 0, 18446744073709551615"
  })
  void theEndsOfATypeAreTaken(String datatype, String least, String most) {
    long[] values = tensor(datatype, least + "," + most).longs();
    boolean unsigned = datatype.equals("UINT64");
    assertEquals(least, unsigned ? Long.toUnsignedString(values[0]) : Long.toString(values[0]));
    assertEquals(most, unsigned ? Long.toUnsignedString(values[1]) : Long.toString(values[1]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INT32  | 2147483648                  | whole numbers of 32 bits",
        "INT32  | -2147483649                 | whole numbers of 32 bits",
        "INT32  | 18446744073709551615        | whole numbers of 32 bits",
        "INT64  | 9223372036854775808         | whole numbers from -2^63 to 2^63 - 1",
        "INT64  | 18446744073709551615        | whole numbers from -2^63 to 2^63 - 1",
        "INT64  | -1,18446744073709551615     | whole numbers from -2^63 to 2^63 - 1",
        "UINT64 | -1                          | whole numbers from 0 to 2^64 - 1",
        "UINT64 | 18446744073709551615,-1     | whole numbers from 0 to 2^64 - 1",
        "UINT64 | 1.5                         | whole numbers, as the datatype says",
        "INT64  | -9223372036854775809        | numbers of 64 bits",
        "INT64  | -18446744073709551616       | numbers of 64 bits",
        "UINT64 | 18446744073709551616        | numbers of 64 bits",
      })
  void whatIsOutsideATypeIsRefused(String datatype, String data, String expected) {
    assertEquals("data: expected " + expected, refusal(json(datatype, data)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,9223372036854775808,18446744073709551615",
        "-1,9223372036854775808,18446744073709551615",
        "18446744073709551615,-1,9223372036854775808",
        "0.5,18446744073709551615,-9223372036854775808",
        "18446744073709551615,0.5",
        "-9223372036854775808,0.5",
      })
  void wholeNumbersOfAFloatTensorKeepTheirSign(String data) {
    String[] texts = data.split(",", -1);
    float[] expected = new float[texts.length];
    for (int i = 0; i < texts.length; i++) {
      expected[i] = Float.parseFloat(texts[i]);
    }
    assertArrayEquals(expected, tensor("FP32", data).floats());
  }
}
