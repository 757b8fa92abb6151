package dev.phoenix.ptx.emulator;

/** Logic on the masks of two predicates. */
final class PredicateOperation extends Operation {
  /** The logical operation. */
  enum Logic {
    /** a. */
    MOVE,
    /** not a. */
    NOT,
    /** a and b. */
    AND,
    /** a or b. */
    OR,
    /** a xor b. */
    XOR
  }

  private final Logic logic;
  private final int target;
  private final int a;
  private final int b;

  PredicateOperation(Logic logic, int target, int a, int b) {
    this.logic = logic;
    this.target = target;
    this.a = a;
    this.b = b;
  }

  @Override
  void execute(Warp warp, int mask) {
    int[] predicates = warp.predicates;
    int left = predicates[a];
    int right = predicates[b];
    int result =
        switch (logic) {
          case MOVE -> left;
          case NOT -> ~left;
          case AND -> left & right;
          case OR -> left | right;
          case XOR -> left ^ right;
        };
    predicates[target] = (predicates[target] & ~mask) | (result & mask);
  }
}
