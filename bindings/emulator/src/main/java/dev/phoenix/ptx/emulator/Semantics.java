package dev.phoenix.ptx.emulator;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scalar methods, by opcode. */
final class Semantics {
  private static final List<Class<?>> CLASSES =
      List.of(
          IntegerArithmetic.class,
          IntegerSelection.class,
          ExtendedPrecision.class,
          BitOperations.class,
          FloatArithmetic.class,
          FloatSelection.class,
          DoubleArithmetic.class,
          HalfArithmetic.class,
          Approximations.class,
          IntegerComparisons.class,
          FloatComparisons.class,
          HalfComparisons.class,
          Moves.class,
          IntegerConversions.class,
          FloatConversions.class,
          FloatToInteger.class,
          IntegerToFloat.class);

  private static final Map<String, Method> METHODS = scan();

  private Semantics() {}

  /** The method of an opcode, or null. */
  static @Nullable Method find(String opcode) {
    return METHODS.get(opcode);
  }

  /**
   * The method of an opcode that must have one.
   *
   * @throws IllegalStateException when it has none, which is a bug of the emulator
   */
  static Method get(String opcode) {
    Method method = METHODS.get(opcode);
    if (method == null) {
      throw new IllegalStateException("no semantics for " + opcode);
    }
    return method;
  }

  /** How many opcodes have a scalar method. */
  static int count() {
    return METHODS.size();
  }

  private static Map<String, Method> scan() {
    Map<String, Method> methods = new HashMap<>();
    for (Class<?> holder : CLASSES) {
      for (Method method : holder.getDeclaredMethods()) {
        Ptx ptx = method.getAnnotation(Ptx.class);
        if (ptx == null) {
          continue;
        }
        for (String pattern : ptx.value()) {
          for (String opcode : expand(pattern)) {
            Method twin = methods.put(opcode, method);
            if (twin != null) {
              throw new IllegalStateException(opcode + " means " + method + " and " + twin);
            }
          }
        }
      }
    }
    return methods;
  }

  /** Expands the braces of an opcode pattern. */
  static List<String> expand(String pattern) {
    int open = pattern.indexOf('{');
    if (open < 0) {
      return List.of(pattern);
    }
    int close = pattern.indexOf('}', open);
    List<String> all = new ArrayList<>();
    for (String choice : pattern.substring(open + 1, close).split(",", -1)) {
      all.addAll(expand(pattern.substring(0, open) + choice + pattern.substring(close + 1)));
    }
    return all;
  }
}
