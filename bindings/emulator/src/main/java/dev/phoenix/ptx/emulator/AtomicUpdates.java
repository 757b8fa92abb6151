package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.ScalarType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The update functions of atomics (section atom). Float additions flush subnormals to zero in
 * global memory and keep them in shared memory, as documented.
 */
final class AtomicUpdates {
  /** Maps the old value and one or two operands to the new value, as bits. */
  @FunctionalInterface
  interface Update {
    long apply(long old, long b, long c);
  }

  private static final Map<String, Update> UPDATES = table();

  private AtomicUpdates() {}

  /** The update of an operation and a type, or null. */
  static @Nullable Update find(String operation, ScalarType type) {
    return UPDATES.get(operation + "." + type);
  }

  /** Like {@link #find(String, ScalarType)}, with or without flushing of subnormals. */
  static @Nullable Update find(String operation, ScalarType type, boolean flush) {
    return find(
        flush && operation.equals("add") && type == ScalarType.F32 ? "add.ftz" : operation, type);
  }

  private static Map<String, Update> table() {
    Map<String, Update> table = new HashMap<>();
    for (int bits : new int[] {16, 32, 64}) {
      table.put("exch.b" + bits, (old, b, c) -> b);
      table.put("cas.b" + bits, (old, b, c) -> old == b ? c : old);
    }
    for (String type : new String[] {"b32", "b64"}) {
      table.put("and." + type, (old, b, c) -> old & b);
      table.put("or." + type, (old, b, c) -> old | b);
      table.put("xor." + type, (old, b, c) -> old ^ b);
    }
    for (String type : new String[] {"u32", "s32", "u64", "s64"}) {
      table.put("add." + type, (old, b, c) -> old + b);
    }
    table.put("min.s32", (old, b, c) -> Math.min((int) old, (int) b));
    table.put("max.s32", (old, b, c) -> Math.max((int) old, (int) b));
    table.put("min.u32", (old, b, c) -> IntegerSelection.minUnsigned((int) old, (int) b));
    table.put("max.u32", (old, b, c) -> IntegerSelection.maxUnsigned((int) old, (int) b));
    table.put("min.s64", (old, b, c) -> Math.min(old, b));
    table.put("max.s64", (old, b, c) -> Math.max(old, b));
    table.put("min.u64", (old, b, c) -> IntegerSelection.minUnsigned(old, b));
    table.put("max.u64", (old, b, c) -> IntegerSelection.maxUnsigned(old, b));
    table.put("inc.u32", (old, b, c) -> increment((int) old, (int) b));
    table.put("dec.u32", (old, b, c) -> decrement((int) old, (int) b));
    floats(table);
    return Map.copyOf(table);
  }

  private static void floats(Map<String, Update> table) {
    table.put("add.f32", (old, b, c) -> bits(single(old) + single(b)));
    table.put(
        "add.ftz.f32", (old, b, c) -> bits(FloatArithmetic.addFlushed(single(old), single(b))));
    table.put(
        "add.f64",
        (old, b, c) ->
            Double.doubleToRawLongBits(Double.longBitsToDouble(old) + Double.longBitsToDouble(b)));
    table.put("add.f16", (old, b, c) -> HalfArithmetic.addHalf((char) old, (char) b));
    table.put("add.bf16", (old, b, c) -> HalfArithmetic.addBrain((char) old, (char) b));
    table.put("add.f16x2", (old, b, c) -> HalfArithmetic.addHalf2((int) old, (int) b));
    table.put("add.bf16x2", (old, b, c) -> HalfArithmetic.addBrain2((int) old, (int) b));
  }

  private static float single(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static long bits(float value) {
    return FloatArithmetic.bits(value);
  }

  private static long increment(int old, int limit) {
    return Integer.compareUnsigned(old, limit) >= 0 ? 0 : old + 1;
  }

  private static long decrement(int old, int limit) {
    return old == 0 || Integer.compareUnsigned(old, limit) > 0 ? limit : old - 1;
  }
}
