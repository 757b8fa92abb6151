package dev.phoenix.ptx;

import java.util.Locale;

/** A fundamental type (section Types) and its width. */
public enum ScalarType {
  /** Predicate. */
  PRED(1, Kind.PREDICATE),
  /** Untyped 8 bits. */
  B8(8, Kind.BITS),
  /** Untyped 16 bits. */
  B16(16, Kind.BITS),
  /** Untyped 32 bits. */
  B32(32, Kind.BITS),
  /** Untyped 64 bits. */
  B64(64, Kind.BITS),
  /** Untyped 128 bits. */
  B128(128, Kind.BITS),
  /** Unsigned 8 bits. */
  U8(8, Kind.UNSIGNED),
  /** Unsigned 16 bits. */
  U16(16, Kind.UNSIGNED),
  /** Unsigned 32 bits. */
  U32(32, Kind.UNSIGNED),
  /** Unsigned 64 bits. */
  U64(64, Kind.UNSIGNED),
  /** Signed 8 bits. */
  S8(8, Kind.SIGNED),
  /** Signed 16 bits. */
  S16(16, Kind.SIGNED),
  /** Signed 32 bits. */
  S32(32, Kind.SIGNED),
  /** Signed 64 bits. */
  S64(64, Kind.SIGNED),
  /** IEEE binary16. */
  F16(16, Kind.FLOAT),
  /** Two IEEE binary16. */
  F16X2(32, Kind.FLOAT),
  /** bfloat16. */
  BF16(16, Kind.FLOAT),
  /** Two bfloat16. */
  BF16X2(32, Kind.FLOAT),
  /** 19 bits in the layout of binary32. */
  TF32(32, Kind.FLOAT),
  /** IEEE binary32. */
  F32(32, Kind.FLOAT),
  /** IEEE binary64. */
  F64(64, Kind.FLOAT);

  /** What the bits mean. */
  public enum Kind {
    /** One truth value. */
    PREDICATE,
    /** Anything of that size. */
    BITS,
    /** Unsigned integer. */
    UNSIGNED,
    /** Two's-complement integer. */
    SIGNED,
    /** Floating point. */
    FLOAT
  }

  private final int bits;
  private final Kind kind;

  ScalarType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** Width in bits. */
  public int bits() {
    return bits;
  }

  /** Width in bytes; 1 for a predicate. */
  public int bytes() {
    return Math.max(1, bits / 8);
  }

  /** What the bits mean. */
  public Kind kind() {
    return kind;
  }

  /** Whether this text, without its dot, names a type. */
  public static boolean isType(String text) {
    for (ScalarType type : values()) {
      if (type.toString().equals(text)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The type of this name, without its dot.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static ScalarType parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
