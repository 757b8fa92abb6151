package dev.phoenix.ptx.emulator;

import java.util.Locale;

/** The element type of a matrix and its packing in registers. */
enum MatrixType {
  /** IEEE binary16, two per register. */
  F16(16),
  /** bfloat16, two per register. */
  BF16(16),
  /** 19 significant bits of a 32-bit register; hardware ignores the lowest 13. */
  TF32(32),
  /** IEEE binary32. */
  F32(32),
  /** IEEE binary64, in a 64-bit register. */
  F64(64),
  /** Signed bytes, four per register. */
  S8(8),
  /** Unsigned bytes, four per register. */
  U8(8),
  /** Signed 4-bit integers, eight per register. */
  S4(4),
  /** Unsigned 4-bit integers, eight per register. */
  U4(4),
  /** Single bits, 32 per register. */
  B1(1),
  /** 32-bit integers. */
  S32(32);

  private static final String[] NAMES =
      java.util.Arrays.stream(values())
          .map(type -> type.name().toLowerCase(Locale.ROOT))
          .toArray(String[]::new);

  private final int bits;

  MatrixType(int bits) {
    this.bits = bits;
  }

  /** Reads a type modifier; fails if there is none. */
  static MatrixType take(OpcodeReader opcode) {
    return valueOf(opcode.oneOf(NAMES).toUpperCase(Locale.ROOT));
  }

  int bits() {
    return bits;
  }

  boolean wide() {
    return this == F64;
  }

  /** Elements in one register. */
  int perRegister() {
    return wide() ? 1 : 32 / bits;
  }

  Class<?> register() {
    return wide() ? long.class : int.class;
  }

  /** Whether elements are integers, whose sums are exact in double for every shape. */
  boolean isInteger() {
    return this == S8 || this == U8 || this == S4 || this == U4 || this == B1 || this == S32;
  }

  /** Element {@code index} of a 32-bit register. */
  double decode(int word, int index) {
    int part = word >>> (index * bits & 31);
    return switch (this) {
      case F16 -> HalfArithmetic.f16((char) part);
      case BF16 -> HalfArithmetic.bf16((char) part);
      case TF32 -> Float.intBitsToFloat(word & ~0x1fff);
      case F32 -> Float.intBitsToFloat(word);
      case S8 -> (byte) part;
      case U8 -> part & 0xff;
      case S4 -> part << 28 >> 28;
      case U4 -> part & 0xf;
      case B1 -> part & 1;
      case S32 -> word;
      case F64 -> throw new IllegalStateException("F64 lies in 64-bit registers");
    };
  }

  /** The bits of an element of a result, rounded to this type once. */
  int encode(double value) {
    return switch (this) {
      case F16 -> HalfArithmetic.f16((float) FloatFormat.F16.round(value, FloatFormat.Mode.RN));
      case F32 -> FloatArithmetic.bits((float) value);
      case S32 -> (int) (long) value; // wraps, as the ISA says without .satfinite
      default -> throw new IllegalStateException("no result has type " + this);
    };
  }
}
