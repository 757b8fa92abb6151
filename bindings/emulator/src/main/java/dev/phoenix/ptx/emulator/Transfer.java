package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.ScalarType;

/** Moves one element per lane between native memory and a register. */
final class Transfer {
  private final int slot;
  private final boolean wide;
  private final boolean halfRegister;
  private final boolean signed;
  private final int bytes;
  private final int offset;

  /**
   * @param slot the register
   * @param register its declared type
   * @param type of the element in memory
   * @param offset bytes from the lane's address
   */
  Transfer(int slot, ScalarType register, ScalarType type, int offset) {
    this.slot = slot;
    this.wide = register.bits() == 64;
    this.halfRegister = register.bits() == 16;
    this.signed = type.kind() == ScalarType.Kind.SIGNED;
    this.bytes = type.bytes();
    this.offset = offset;
  }

  void load(Warp warp, int mask, long[] addresses) {
    if (wide) {
      loadWide(warp.longs, mask, addresses);
    } else if (bytes == 4) {
      int[] words = warp.words;
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        words[slot + lane] = NativeMemory.getInt(addresses[lane] + offset);
      }
    } else {
      int[] words = warp.words;
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        int value = small(addresses[lane] + offset);
        words[slot + lane] = halfRegister ? value & 0xffff : value;
      }
    }
  }

  private void loadWide(long[] longs, int mask, long[] addresses) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long at = addresses[lane] + offset;
      if (bytes == 8) {
        longs[slot + lane] = NativeMemory.getLong(at);
      } else if (bytes == 4) {
        int value = NativeMemory.getInt(at);
        longs[slot + lane] = signed ? value : Integer.toUnsignedLong(value);
      } else {
        longs[slot + lane] = small(at);
      }
    }
  }

  private int small(long at) {
    if (bytes == 2) {
      short value = NativeMemory.getShort(at);
      return signed ? value : value & 0xffff;
    }
    byte value = NativeMemory.getByte(at);
    return signed ? value : value & 0xff;
  }

  void store(Warp warp, int mask, long[] addresses) {
    int[] words = warp.words;
    long[] longs = warp.longs;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long at = addresses[lane] + offset;
      if (bytes == 4 && !wide) {
        NativeMemory.putInt(at, words[slot + lane]);
      } else if (bytes == 8) {
        NativeMemory.putLong(at, longs[slot + lane]);
      } else {
        int value = wide ? (int) longs[slot + lane] : words[slot + lane];
        switch (bytes) {
          case 4 -> NativeMemory.putInt(at, value);
          case 2 -> NativeMemory.putShort(at, (short) value);
          default -> NativeMemory.putByte(at, (byte) value);
        }
      }
    }
  }
}
