package dev.phoenix.ptx;

import java.util.List;
import java.util.stream.Collectors;

/** An operand of an instruction (section Instruction Operands). */
public sealed interface Operand {
  /**
   * A register, a special register, a variable or a label; the decoder tells them apart.
   *
   * @param text as written, after scopes are resolved
   */
  record Name(String text) implements Operand {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * A predicate's complement.
   *
   * @param register the predicate
   */
  record Not(String register) implements Operand {
    @Override
    public String toString() {
      return "!" + register;
    }
  }

  /**
   * Two predicate destinations {@code p|q}; {@code _} stands for none.
   *
   * @param first destination
   * @param second its companion
   */
  record Pair(String first, String second) implements Operand {
    @Override
    public String toString() {
      return first + "|" + second;
    }
  }

  /**
   * An integer constant.
   *
   * @param value 64 bits
   */
  record IntegerConstant(long value) implements Operand {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /**
   * A floating constant.
   *
   * @param value the value; a float's is widened exactly
   * @param type f32 if it was written as 32 bits ({@code 0f...}), else f64
   */
  record FloatConstant(double value, ScalarType type) implements Operand {
    @Override
    public String toString() {
      return type == ScalarType.F32 ? (float) value + "f" : Double.toString(value);
    }
  }

  /**
   * A memory operand {@code [base+offset]}, or a variable's address {@code base+offset}.
   *
   * @param base register or variable, empty for an absolute address
   * @param offset bytes
   */
  record Address(String base, long offset) implements Operand {
    @Override
    public String toString() {
      return "[" + base + (offset < 0 ? "" : "+") + offset + "]";
    }
  }

  /**
   * A vector {@code {a, b}}.
   *
   * @param elements first to last
   */
  record Vector(List<Operand> elements) implements Operand {
    @Override
    public String toString() {
      return elements.stream().map(Operand::toString).collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /** The bit bucket {@code _}. */
  record Sink() implements Operand {
    @Override
    public String toString() {
      return "_";
    }
  }
}
