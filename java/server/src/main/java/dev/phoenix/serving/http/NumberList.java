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
 * The numbers of a JSON tensor, flat or nested. The datatype may follow them, so they are kept in a
 * neutral form until it is known.
 */
final class NumberList {
  private static final int MOST = 4 << 20;

  private long[] bits = new long[64];
  private int count;

  /** Whether {@link #bits} are doubles. */
  private boolean fractional;

  /** Whether a number is below 0; integers in {@link #bits} are then signed. */
  private boolean negative;

  /** Whether a number is 2^63 or more; integers in {@link #bits} are then unsigned. */
  private boolean wide;

  /** Reads an array of any nesting. */
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
      addInteger(json.getBigIntegerValue());
    } else {
      double value = Json.number(json, "data");
      toFractional();
      bits[count++] = Double.doubleToRawLongBits(value);
    }
  }

  private void addInteger(BigInteger value) {
    boolean below = value.signum() < 0;
    if (value.bitLength() > (below ? Long.SIZE - 1 : Long.SIZE)) {
      throw Json.wrong("data", "numbers of 64 bits");
    }
    boolean above = value.bitLength() == Long.SIZE;
    if ((above && negative) || (below && wide)) {
      // No integer type holds both negative and wide numbers.
      toFractional();
    }
    negative |= below;
    wide |= above;
    bits[count++] =
        fractional ? Double.doubleToRawLongBits(value.doubleValue()) : value.longValue();
  }

  /**
   * Converts all numbers to doubles, from the first fraction on; a tensor with fractions is a float
   * tensor.
   */
  private void toFractional() {
    if (!fractional) {
      for (int i = 0; i < count; i++) {
        bits[i] = Double.doubleToRawLongBits(integer(bits[i]));
      }
      fractional = true;
    }
  }

  private double integer(long value) {
    return wide ? unsigned(value).doubleValue() : (double) value;
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  /** The numbers as little-endian elements of {@code datatype}. */
  ByteBuffer as(Datatype datatype) {
    switch (datatype) {
      case INT32 -> require(!wide, "whole numbers of 32 bits");
      case INT64 -> require(!wide, "whole numbers from -2^63 to 2^63 - 1");
      case UINT64 -> require(!negative, "whole numbers from 0 to 2^64 - 1");
      case FP32 -> {}
    }
    if (fractional && datatype != Datatype.FP32) {
      throw Json.wrong("data", "whole numbers, as the datatype says");
    }
    ByteBuffer data = InferTensor.bytes(count * datatype.bytes());
    for (int i = 0; i < count; i++) {
      switch (datatype) {
        case INT32 -> data.putInt(inRange(bits[i]));
        case INT64, UINT64 -> data.putLong(bits[i]);
        case FP32 -> data.putFloat(asFloat(bits[i]));
      }
    }
    return data.flip();
  }

  private float asFloat(long element) {
    if (fractional) {
      return (float) Double.longBitsToDouble(element);
    }
    return wide ? unsigned(element).floatValue() : (float) element;
  }

  private static void require(boolean condition, String expected) {
    if (!condition) {
      throw Json.wrong("data", expected);
    }
  }

  private static int inRange(long value) {
    require(value == (int) value, "whole numbers of 32 bits");
    return (int) value;
  }
}
