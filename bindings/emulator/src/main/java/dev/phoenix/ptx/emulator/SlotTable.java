package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.ScalarType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assigns slots in a warp's register file to registers, constants and special registers. */
final class SlotTable {
  /** The three register files. */
  enum Bank {
    /** 32 bits and less. */
    WORD,
    /** 64 bits. */
    LONG,
    /** One bit. */
    PREDICATE
  }

  private final Map<String, ScalarType> types;
  private final Map<String, Integer> registers = new HashMap<>();
  private final Map<Integer, Integer> wordConstants = new LinkedHashMap<>();
  private final Map<Long, Integer> longConstants = new LinkedHashMap<>();
  private final Map<Boolean, Integer> predicateConstants = new LinkedHashMap<>();
  private final Map<String, Integer> special = new LinkedHashMap<>();
  private int words;
  private int longs;
  private int predicates;

  SlotTable(Map<String, ScalarType> types) {
    this.types = types;
  }

  /** The declared type of a register; null if there is no such register. */
  @Nullable ScalarType type(String name) {
    return types.get(name);
  }

  static Bank bank(ScalarType type) {
    return type == ScalarType.PRED ? Bank.PREDICATE : type.bits() == 64 ? Bank.LONG : Bank.WORD;
  }

  int register(String name, ScalarType type) {
    return registers.computeIfAbsent(name, n -> fresh(bank(type)));
  }

  /** A temporary register; the same number gives the same register. */
  int temporary(Bank bank, int number) {
    return registers.computeIfAbsent("$temporary " + bank + number, n -> fresh(bank));
  }

  int constant(int value) {
    return wordConstants.computeIfAbsent(value, v -> fresh(Bank.WORD));
  }

  int constant(long value) {
    return longConstants.computeIfAbsent(value, v -> fresh(Bank.LONG));
  }

  /** A predicate with a constant value. */
  int constant(boolean value) {
    return predicateConstants.computeIfAbsent(value, v -> fresh(Bank.PREDICATE));
  }

  int special(String name) {
    return special.computeIfAbsent(name, n -> fresh(Bank.WORD));
  }

  private int fresh(Bank bank) {
    int slot;
    switch (bank) {
      case WORD -> {
        slot = words;
        words += Warp.LANES;
      }
      case LONG -> {
        slot = longs;
        longs += Warp.LANES;
      }
      default -> slot = predicates++;
    }
    return slot;
  }

  Program.Size size() {
    return new Program.Size(words, longs, predicates);
  }

  Program.Fixed fixed() {
    return new Program.Fixed(
        inverse(wordConstants),
        inverse(longConstants),
        inverse(predicateConstants),
        inverse(special));
  }

  private static <V> Map<Integer, V> inverse(Map<V, Integer> map) {
    Map<Integer, V> inverse = new LinkedHashMap<>();
    map.forEach((value, slot) -> inverse.put(slot, value));
    return Map.copyOf(inverse);
  }
}
