package dev.phoenix.serving.http;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.oip.Datatype;
import dev.phoenix.serving.oip.InferTensor;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The numbers of a tensor as they stand in JSON, flat or nested, before their type is known: the
 * type may come after them.
 */
final class NumberList {
  private static final int MOST = 4 << 20;

  private long[] bits = new long[64];
  private int count;
  private boolean fractional;

  /** Reads an array, however deep its nesting. */
  static NumberList read(JsonParser json) {
    NumberList list = new NumberList();
    Json.expect(json, JsonToken.START_ARRAY, "data");
    int depth = 1;
    while (depth > 0) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else {
        list.add(json);
      }
    }
    return list;
  }

  private void add(JsonParser json) {
    if (count == MOST) {
      throw new Rejection(Reason.INVALID, "data: expected at most %d numbers".formatted(MOST));
    }
    if (count == bits.length) {
      bits = Arrays.copyOf(bits, 2 * count);
    }
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      BigInteger value = json.getBigIntegerValue();
      if (value.bitLength() > Long.SIZE) {
        throw Json.wrong("data", "numbers of 64 bits");
      }
      bits[count++] =
          fractional ? Double.doubleToRawLongBits(value.doubleValue()) : value.longValue();
    } else {
      double value = Json.number(json, "data");
      toFractional();
      bits[count++] = Double.doubleToRawLongBits(value);
    }
  }

  /**
   * From the first fraction on, all are doubles; no tensor has both fractions and wide integers.
   */
  private void toFractional() {
    if (!fractional) {
      for (int i = 0; i < count; i++) {
        bits[i] = Double.doubleToRawLongBits((double) bits[i]);
      }
      fractional = true;
    }
  }

  /** The numbers as little-endian elements of a type. */
  ByteBuffer as(Datatype datatype) {
    if (fractional && datatype != Datatype.FP32) {
      throw Json.wrong("data", "whole numbers, as the datatype says");
    }
    ByteBuffer data = InferTensor.bytes(count * datatype.bytes());
    for (int i = 0; i < count; i++) {
      switch (datatype) {
        case INT32 -> data.putInt(Math.toIntExact(inRange(bits[i])));
        case INT64, UINT64 -> data.putLong(bits[i]);
        case FP32 -> data.putFloat(fractional ? (float) Double.longBitsToDouble(bits[i]) : bits[i]);
      }
    }
    return data.flip();
  }

  private static long inRange(long value) {
    if (value != (int) value) {
      throw Json.wrong("data", "numbers of 32 bits");
    }
    return value;
  }
}
