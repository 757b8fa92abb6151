package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Operand;
import dev.phoenix.ptx.ScalarType;
import dev.phoenix.ptx.StateSpace;

/** A memory operand: a register or a fixed address, plus an offset. */
final class AddressOperand {
  private enum Base {
    NONE,
    WORD,
    LONG
  }

  private final Base base;
  private final int slot;
  private final long offset;
  private final StateSpace symbolSpace;

  private AddressOperand(Base base, int slot, long offset, StateSpace symbolSpace) {
    this.base = base;
    this.slot = slot;
    this.offset = offset;
    this.symbolSpace = symbolSpace;
  }

  static AddressOperand of(Operand operand, Assembler assembler) {
    if (!(operand instanceof Operand.Address(String name, long offset))) {
      throw assembler.error("expected an address, found " + operand);
    }
    ScalarType type = assembler.slots().type(name);
    if (type != null) {
      Base base =
          switch (SlotTable.bank(type)) {
            case WORD -> Base.WORD;
            case LONG -> Base.LONG;
            case PREDICATE -> throw assembler.error("a predicate as an address");
          };
      int slot = assembler.slots().register(name, type);
      return new AddressOperand(base, slot, offset, StateSpace.REG);
    }
    if (name.isEmpty()) {
      return new AddressOperand(Base.NONE, 0, offset, StateSpace.REG);
    }
    Layout.Place place = assembler.layout().find(name);
    if (place == null) {
      throw assembler.error("'" + name + "' is not declared");
    }
    return new AddressOperand(Base.NONE, 0, place.address() + offset, place.space());
  }

  /** The space of the variable it names, or {@code REG} where it names none. */
  StateSpace symbolSpace() {
    return symbolSpace;
  }

  /** The address, for an operand without register. */
  long fixed() {
    return offset;
  }

  /** Writes each active lane's address. */
  void evaluate(Warp warp, int mask, long[] addresses) {
    switch (base) {
      case LONG -> {
        long[] longs = warp.longs;
        if (mask == -1) {
          for (int lane = 0; lane < Warp.LANES; lane++) {
            addresses[lane] = longs[slot + lane] + offset;
          }
          return;
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int lane = Integer.numberOfTrailingZeros(rest);
          addresses[lane] = longs[slot + lane] + offset;
        }
      }
      case WORD -> {
        int[] words = warp.words;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int lane = Integer.numberOfTrailingZeros(rest);
          addresses[lane] = Integer.toUnsignedLong(words[slot + lane]) + offset;
        }
      }
      case NONE -> {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          addresses[Integer.numberOfTrailingZeros(rest)] = offset;
        }
      }
    }
  }
}
