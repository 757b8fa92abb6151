package dev.phoenix.serving.oip;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A named tensor, its elements little-endian and row-major as in the binary forms of the protocol.
 *
 * @param name the name of the input or output
 * @param datatype the type of the elements
 * @param shape the dimensions
 * @param data the elements; its size must match shape and type
 */
public record InferTensor(String name, Datatype datatype, long[] shape, ByteBuffer data) {
  private static final long MAX_ELEMENTS = 16L << 20;

  public InferTensor {
    long bytes = elements(shape) * datatype.bytes();
    if (bytes != data.remaining()) {
      throw new Rejection(
          Reason.INVALID,
          "a tensor's shape says %d bytes, its data has %d".formatted(bytes, data.remaining()));
    }
    data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The number of elements of a shape; checks it against the limit before any allocation. */
  public static long elements(long[] shape) {
    long elements = 1;
    for (long dimension : shape) {
      if (dimension < 0 || dimension > MAX_ELEMENTS) {
        throw new Rejection(Reason.INVALID, "a tensor's dimension is out of range");
      }
      elements *= dimension;
      if (elements > MAX_ELEMENTS) {
        throw new Rejection(Reason.INVALID, "a tensor has too many elements");
      }
    }
    return elements;
  }

  /** The number of elements. */
  public int count() {
    return data.remaining() / datatype.bytes();
  }

  /** A tensor of integers. */
  public static InferTensor of(String name, long[] shape, long[] values) {
    ByteBuffer data = bytes(values.length * Long.BYTES);
    data.asLongBuffer().put(values);
    return new InferTensor(name, Datatype.UINT64, shape, data);
  }

  /** A tensor of floats. */
  public static InferTensor of(String name, long[] shape, float[] values) {
    ByteBuffer data = bytes(values.length * Float.BYTES);
    data.asFloatBuffer().put(values);
    return new InferTensor(name, Datatype.FP32, shape, data);
  }

  /** Allocates a little-endian buffer of {@code count} bytes. */
  public static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements as integers; a tensor of floats is refused. */
  public long[] longs() {
    long[] values = new long[count()];
    switch (datatype) {
      case INT32 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = data.getInt(i * Integer.BYTES);
        }
      }
      case INT64, UINT64 -> data.duplicate().order(data.order()).asLongBuffer().get(values);
      case FP32 -> throw new Rejection(Reason.INVALID, "expected integers, found FP32");
    }
    return values;
  }

  /** The elements as floats; refuses integers and values that are not finite. */
  public float[] floats() {
    if (datatype != Datatype.FP32) {
      throw new Rejection(Reason.INVALID, "expected FP32, found " + datatype);
    }
    float[] values = new float[count()];
    data.duplicate().order(data.order()).asFloatBuffer().get(values);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new Rejection(Reason.INVALID, "a tensor's elements are not finite");
      }
    }
    return values;
  }
}
