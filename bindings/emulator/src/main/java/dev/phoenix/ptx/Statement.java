package dev.phoenix.ptx;

import java.util.List;

/** A statement of a function's body. Scopes are flattened. */
public sealed interface Statement
    permits Instruction,
        Statement.Label,
        Statement.BranchTargets,
        Statement.CallPrototype,
        Statement.CallTargets {
  /** Line of the PTX text, from 1. */
  int line();

  /**
   * A label.
   *
   * @param line where it stands
   * @param name unique in the function
   */
  record Label(int line, String name) implements Statement {}

  /**
   * A table for {@code brx.idx}.
   *
   * @param line where it stands
   * @param name the table's label
   * @param targets labels, index 0 first
   */
  record BranchTargets(int line, String name, List<String> targets) implements Statement {}

  /**
   * The prototype of a function that is called through a pointer.
   *
   * @param line where it stands
   * @param name the prototype's label
   * @param results return values
   * @param parameters in order
   */
  record CallPrototype(int line, String name, List<Variable> results, List<Variable> parameters)
      implements Statement {}

  /**
   * The functions that a pointer may point to.
   *
   * @param line where it stands
   * @param name the list's label
   * @param functions their names
   */
  record CallTargets(int line, String name, List<String> functions) implements Statement {}
}
