package dev.phoenix.ptx.emulator;

/** Moves and selections. */
final class Moves {
  private Moves() {}

  @Ptx(value = "mov.{b,u,s,f}32", cost = InstructionClass.MOVE)
  static int move(int a) {
    return a;
  }

  @Ptx(value = "mov.{b,u,s}16", cost = InstructionClass.MOVE)
  static char move(char a) {
    return a;
  }

  @Ptx(value = "mov.{b,u,s,f}64", cost = InstructionClass.MOVE)
  static long move(long a) {
    return a;
  }

  @Ptx(value = "selp.{b,u,s,f}32", cost = InstructionClass.MOVE)
  static int select(int a, int b, boolean first) {
    return first ? a : b;
  }

  @Ptx(value = "selp.{b,u,s}16", cost = InstructionClass.MOVE)
  static char select(char a, char b, boolean first) {
    return first ? a : b;
  }

  @Ptx(value = "selp.{b,u,s,f}64", cost = InstructionClass.MOVE)
  static long select(long a, long b, boolean first) {
    return first ? a : b;
  }

  @Ptx(value = "slct.{b,u,s,f}32.s32", cost = InstructionClass.MOVE)
  static int selectBySign(int a, int b, int c) {
    return c >= 0 ? a : b;
  }

  @Ptx(value = "slct.{b,u,s,f}32.f32", cost = InstructionClass.MOVE)
  static int selectBySign(int a, int b, float c) {
    return c >= 0 ? a : b;
  }

  // Internal operations from which the decoder composes vector moves.

  @Ptx(value = "unpack.lo.b64", cost = InstructionClass.MOVE)
  static int lowWord(long a) {
    return (int) a;
  }

  @Ptx(value = "unpack.hi.b64", cost = InstructionClass.MOVE)
  static int highWord(long a) {
    return (int) (a >>> 32);
  }

  @Ptx(value = "pack.b64", cost = InstructionClass.MOVE)
  static long pack(int low, int high) {
    return ((long) high << 32) | Integer.toUnsignedLong(low);
  }

  @Ptx(value = "unpack.lo.b32", cost = InstructionClass.MOVE)
  static char lowHalf(int a) {
    return (char) a;
  }

  @Ptx(value = "unpack.hi.b32", cost = InstructionClass.MOVE)
  static char highHalf(int a) {
    return (char) (a >>> 16);
  }

  @Ptx(value = "pack.b32", cost = InstructionClass.MOVE)
  static int pack(char low, char high) {
    return (high << 16) | low;
  }

  @Ptx(value = "unpack.byte.b32", cost = InstructionClass.MOVE)
  static char lowByte(int a, int index) {
    return (char) ((a >>> (8 * index)) & 0xff);
  }
}
