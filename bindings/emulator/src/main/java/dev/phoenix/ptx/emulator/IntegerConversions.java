package dev.phoenix.ptx.emulator;

/**
 * Conversions between integers (section cvt): the source is read in its type, the result is
 * truncated to the destination type and sign-extended or zero-extended in a wider register. {@code
 * .sat} saturates instead of truncating.
 */
final class IntegerConversions {
  private IntegerConversions() {}

  // Internal operations that the decoder combines: read a type from a register, write a type to
  // one.

  @Ptx(
      value = {"extend.u8", "cvt.{u,s}32.u8"},
      cost = InstructionClass.CONVERT)
  static int unsigned8(int a) {
    return a & 0xff;
  }

  @Ptx(
      value = {"extend.s8", "cvt.{u,s}32.s8"},
      cost = InstructionClass.CONVERT)
  static int signed8(int a) {
    return (byte) a;
  }

  @Ptx(
      value = {"extend.u16", "cvt.{u,s}32.u16"},
      cost = InstructionClass.CONVERT)
  static int unsigned16(int a) {
    return a & 0xffff;
  }

  @Ptx(
      value = {"extend.s16", "cvt.{u,s}32.s16"},
      cost = InstructionClass.CONVERT)
  static int signed16(int a) {
    return (short) a;
  }

  @Ptx(value = "extend.{u,s}32", cost = InstructionClass.CONVERT)
  static int whole(int a) {
    return a;
  }

  @Ptx(
      value = {"widen.u", "cvt.{u,s}64.u32"},
      cost = InstructionClass.CONVERT)
  static long widenUnsigned(int a) {
    return Integer.toUnsignedLong(a);
  }

  @Ptx(
      value = {"widen.s", "cvt.{u,s}64.s32"},
      cost = InstructionClass.CONVERT)
  static long widenSigned(int a) {
    return a;
  }

  @Ptx(
      value = {"narrow", "cvt.{u,s}32.{u,s}64"},
      cost = InstructionClass.CONVERT)
  static int narrow(long a) {
    return (int) a;
  }

  @Ptx(
      value = {"cut.16", "cvt.{u,s}16.{u,s}32"},
      cost = InstructionClass.CONVERT)
  static char cut16(int a) {
    return (char) a;
  }

  @Ptx(value = "saturate.u", cost = InstructionClass.CONVERT)
  static long saturateUnsigned(long a, int bits) {
    return Long.compareUnsigned(a, (1L << bits) - 1) > 0 ? (1L << bits) - 1 : a;
  }

  @Ptx(value = "saturate.s.u", cost = InstructionClass.CONVERT)
  static long saturateSignedToUnsigned(long a, int bits) {
    return a < 0 ? 0 : bits == 64 ? a : Math.min(a, (1L << bits) - 1);
  }

  @Ptx(value = "saturate.s.s", cost = InstructionClass.CONVERT)
  static long saturateSigned(long a, int bits) {
    long most = (1L << (bits - 1)) - 1;
    return Math.clamp(a, -most - 1, most);
  }

  @Ptx(value = "saturate.u.s", cost = InstructionClass.CONVERT)
  static long saturateUnsignedToSigned(long a, int bits) {
    long most = bits == 64 ? Long.MAX_VALUE : (1L << (bits - 1)) - 1;
    return Long.compareUnsigned(a, most) > 0 ? most : a;
  }
}
