package dev.phoenix.ptx;

import java.util.List;

/** What a function's body is made of, scopes flattened. */
public sealed interface Statement permits Instruction, Statement.Label, Statement.BranchTargets {
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
}
