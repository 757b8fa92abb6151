package dev.phoenix.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A kernel's basic blocks, calls inlined. */
public final class FlowGraph {
  private final Function function;
  private final List<BasicBlock> blocks;

  private FlowGraph(Function function, List<BasicBlock> blocks) {
    this.function = function;
    this.blocks = blocks;
  }

  /**
   * Builds the graph of a kernel.
   *
   * @throws PtxException on a call or a branch that can't be followed
   */
  public static FlowGraph of(PtxModule module, Function kernel) {
    Function flat = CallInliner.inline(module, kernel);
    return new FlowGraph(flat, new Builder(module.name(), flat).build());
  }

  /** The kernel with its calls inlined: all registers and variables. */
  public Function function() {
    return function;
  }

  /**
   * The reachable blocks in topological order, ignoring back edges, with the blocks of a loop
   * contiguous. A diverged warp executes the earliest group first; in this order the groups
   * reconverge no later than at the immediate post-dominator of the branch where they diverged
   * (thread frontiers, Diamos et al., MICRO 2011).
   */
  public List<BasicBlock> ordered() {
    return new BlockOrder(blocks).order();
  }

  /** Cuts the body into blocks and links them. */
  private static final class Builder {
    private final String module;
    private final Function function;
    private final List<BasicBlock> blocks = new ArrayList<>();
    private final Map<String, BasicBlock> labels = new HashMap<>();
    private final Map<String, Statement.BranchTargets> tables = new HashMap<>();

    Builder(String module, Function function) {
      this.module = module;
      this.function = function;
    }

    List<BasicBlock> build() {
      BasicBlock current = open();
      for (Statement statement : function.body()) {
        switch (statement) {
          case Statement.Label label -> {
            if (!current.instructions().isEmpty()) {
              current = open();
            }
            if (labels.put(label.name(), current) != null) {
              throw error(label.line(), "two labels '" + label.name() + "'");
            }
          }
          case Statement.BranchTargets table -> tables.put(table.name(), table);
          case Statement.CallPrototype prototype -> {
            // The calls that use it have been inlined.
          }
          case Statement.CallTargets targets -> {
            // The calls that use them have been inlined.
          }
          case Instruction instruction -> {
            current.instructions().add(instruction);
            if (ends(instruction)) {
              current = open();
            }
          }
        }
      }
      for (BasicBlock block : blocks) {
        link(block);
      }
      return blocks;
    }

    private BasicBlock open() {
      BasicBlock block = new BasicBlock(blocks.size());
      blocks.add(block);
      return block;
    }

    private static boolean ends(Instruction instruction) {
      return switch (instruction.mnemonic()) {
        case "bra", "brx", "ret", "exit", "trap" -> true;
        default -> false;
      };
    }

    private void link(BasicBlock block) {
      int following = block.index() + 1;
      BasicBlock next = following < blocks.size() ? blocks.get(following) : null;
      if (block.instructions().isEmpty()) {
        block.setNext(next);
        return;
      }
      Instruction last = block.instructions().getLast();
      if (last.mnemonic().equals("bra")) {
        block.targets().add(target(last, last.operands().getFirst()));
      } else if (last.mnemonic().equals("brx")) {
        for (String label : table(last).targets()) {
          block.targets().add(target(last, new Operand.Name(label)));
        }
      }
      if (!ends(last) || last.guard() != null) {
        block.setNext(next);
      }
    }

    private Statement.BranchTargets table(Instruction branch) {
      Statement.BranchTargets table =
          branch.operands().getLast() instanceof Operand.Name(String name)
              ? tables.get(name)
              : null;
      if (table == null) {
        throw error(branch.line(), "no .branchtargets for " + branch);
      }
      return table;
    }

    private BasicBlock target(Instruction branch, Operand operand) {
      BasicBlock block = operand instanceof Operand.Name(String name) ? labels.get(name) : null;
      if (block == null) {
        throw error(branch.line(), "no label '" + operand + "'");
      }
      return block;
    }

    private PtxException error(int line, String what) {
      return new PtxException(module, line, what);
    }
  }
}
