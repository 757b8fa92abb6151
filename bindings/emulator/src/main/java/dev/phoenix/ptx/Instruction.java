package dev.phoenix.ptx;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One instruction.
 *
 * @param line line of the PTX text, from 1
 * @param guard the predicate that guards it, or null
 * @param opcode with all its modifiers, e.g. {@code ld.global.v4.f32}
 * @param operands destination first
 */
public record Instruction(int line, @Nullable Guard guard, String opcode, List<Operand> operands)
    implements Statement {
  /**
   * A guard {@code @p} or {@code @!p}.
   *
   * @param register the predicate
   * @param negated whether it must be false
   */
  public record Guard(String register, boolean negated) {
    /** The guard {@code @p}. */
    static Guard when(String register) {
      return new Guard(register, false);
    }

    @Override
    public String toString() {
      return (negated ? "@!" : "@") + register + " ";
    }
  }

  /** The first word of the opcode. */
  public String mnemonic() {
    int dot = opcode.indexOf('.');
    return dot < 0 ? opcode : opcode.substring(0, dot);
  }

  /** The same instruction with other operands. */
  public Instruction withOperands(List<Operand> other) {
    return new Instruction(line, guard, opcode, other);
  }

  @Override
  public String toString() {
    String list = operands.stream().map(Operand::toString).collect(Collectors.joining(", "));
    return (guard == null ? "" : guard) + opcode + (list.isEmpty() ? "" : " " + list);
  }
}
