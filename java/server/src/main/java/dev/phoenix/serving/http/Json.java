package dev.phoenix.serving.http;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON token by token, without an intermediate tree. */
final class Json {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_TEXT = 1024;
  private static final int MAX_BYTES = 16 << 20;
  private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);
  private static final TokenStreamFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxDocumentLength(MAX_BYTES)
                  .maxNumberLength(MAX_TEXT)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(MAX_TEXT)
                  .build())
          .build();
  private static final JsonMapper MAPPER =
      JsonMapper.builder((JsonFactory) FACTORY)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private Json() {}

  /** Writes one value. */
  interface Writing {
    void write(JsonGenerator json);
  }

  static byte[] bytes(Writing writing) {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream(1024);
    try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
      writing.write(json);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads one document.
   *
   * @throws Rejection if it is not JSON, too deep, or not what {@code reader} expects
   */
  static <T> T read(byte[] bytes, int length, Function<JsonParser, T> reader) {
    try (JsonParser json = MAPPER.createParser(bytes, 0, length)) {
      json.nextToken();
      T value = reader.apply(json);
      if (json.nextToken() != null) {
        throw new Rejection(Reason.INVALID, "the JSON document is followed by something else");
      }
      return value;
    } catch (JacksonException malformed) {
      throw new Rejection(
          Reason.INVALID, "the body is not JSON that is taken here" + place(malformed));
    }
  }

  /** The position of an error; an exceeded limit has none. */
  private static String place(JacksonException malformed) {
    TokenStreamLocation location = malformed.getLocation();
    return location == null
        ? ": too deep, or a part of it too long"
        : ": line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  /** Refuses a token that is not {@code expected}. */
  static void expect(JsonParser json, JsonToken expected, String what) {
    if (json.currentToken() != expected) {
      throw wrong(what, expected == JsonToken.START_ARRAY ? "an array" : "an object");
    }
  }

  /** The refusal of a key that means nothing: a caller would miss what it asks for. */
  static Rejection unknown(String where, String key, List<String> known) {
    return new Rejection(
        Reason.INVALID,
        "%s: expected %s, found %s"
            .formatted(
                where, known.isEmpty() ? "no keys" : "keys of " + known, Rejection.quoted(key)));
  }

  static Rejection wrong(String what, String expected) {
    return new Rejection(Reason.INVALID, "%s: expected %s".formatted(what, expected));
  }

  /** An unsigned 64-bit id, as a number or, beyond the precision of a double, as a string. */
  static long id(JsonParser json, String what) {
    BigInteger value;
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      value = json.getBigIntegerValue();
    } else if (json.currentToken() == JsonToken.VALUE_STRING
        && json.getString().matches("[0-9]{1,20}")) {
      value = new BigInteger(json.getString());
    } else {
      throw wrong(what, "an id from 0 to 2^64 - 1, as a number or a string of digits");
    }
    if (value.signum() < 0 || value.compareTo(TWO_64) >= 0) {
      throw wrong(what, "an id from 0 to 2^64 - 1");
    }
    return value.longValue();
  }

  /** A string. */
  static String text(JsonParser json, String what) {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(what, "a text");
    }
    return json.getString();
  }

  /** A boolean. */
  static boolean bool(JsonParser json, String what) {
    if (json.currentToken() != JsonToken.VALUE_TRUE
        && json.currentToken() != JsonToken.VALUE_FALSE) {
      throw wrong(what, "true or false");
    }
    return json.getBooleanValue();
  }

  /** A 32-bit integer. */
  static int integer(JsonParser json, String what) {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() != JsonParser.NumberType.INT) {
      throw wrong(what, "a whole number");
    }
    return json.getIntValue();
  }

  /** A finite float32. */
  static float number(JsonParser json, String what) {
    if (json.currentToken() == null || !json.currentToken().isNumeric()) {
      throw wrong(what, "a number");
    }
    float value = json.getFloatValue();
    if (!Float.isFinite(value)) {
      throw wrong(what, "a number that float32 holds");
    }
    return value;
  }
}
