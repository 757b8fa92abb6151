package dev.phoenix.serving.oip;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;

/** The supported element types. */
public enum Datatype {
  /** 32 bits, signed. */
  INT32(4),
  /** 64 bits, signed. */
  INT64(8),
  /** 64 bits, unsigned. */
  UINT64(8),
  /** float32. */
  FP32(4);

  private final int bytes;

  Datatype(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of an element. */
  public int bytes() {
    return bytes;
  }

  /** The type of this name. */
  public static Datatype of(String name) {
    for (Datatype type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw new Rejection(
        Reason.INVALID,
        "datatype: expected INT32, INT64, UINT64 or FP32, found " + Rejection.quoted(name));
  }
}
