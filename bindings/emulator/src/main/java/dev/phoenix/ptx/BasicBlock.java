package dev.phoenix.ptx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Instructions that run one after the other; only the last one may branch. */
public final class BasicBlock {
  private final int index;
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<BasicBlock> targets = new ArrayList<>();
  private @Nullable BasicBlock next;

  BasicBlock(int index) {
    this.index = index;
  }

  /** Its place in the text, from 0. */
  public int index() {
    return index;
  }

  /** The instructions in order. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /** Targets of its branch, in the order of the branch's table; empty if it has no branch. */
  public List<BasicBlock> targets() {
    return targets;
  }

  /** The block that it falls through to, or null. */
  public @Nullable BasicBlock next() {
    return next;
  }

  void setNext(@Nullable BasicBlock block) {
    next = block;
  }

  /** Every block control can go to. */
  public List<BasicBlock> successors() {
    List<BasicBlock> all = new ArrayList<>(targets);
    if (next != null) {
      all.add(next);
    }
    return all;
  }
}
