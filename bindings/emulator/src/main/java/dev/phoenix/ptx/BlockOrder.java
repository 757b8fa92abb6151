package dev.phoenix.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * Orders blocks topologically, with the blocks of every loop contiguous.
 *
 * <p>Loops are the natural loops of the back edges of dominators. In an irreducible graph the
 * retreating edges of a depth-first walk count as back edges too; the order is then still
 * topological for the rest, but lanes may reconverge later.
 */
final class BlockOrder {
  private final List<BasicBlock> blocks;
  private final List<List<Integer>> predecessors = new ArrayList<>();
  private final BitSet reachable = new BitSet();
  private final List<long[]> backEdges = new ArrayList<>();
  private final TreeMap<Integer, BitSet> loops = new TreeMap<>();

  BlockOrder(List<BasicBlock> blocks) {
    this.blocks = blocks;
  }

  List<BasicBlock> order() {
    walk();
    for (int i = 0; i < blocks.size(); i++) {
      predecessors.add(new ArrayList<>());
    }
    for (int i = reachable.nextSetBit(0); i >= 0; i = reachable.nextSetBit(i + 1)) {
      for (BasicBlock successor : blocks.get(i).successors()) {
        predecessors.get(successor.index()).add(i);
      }
    }
    for (long[] edge : backEdges) {
      addLoop((int) edge[0], (int) edge[1]);
    }
    return place();
  }

  /**
   * Walks depth-first from the entry; an edge to a block on the current path is a retreating edge.
   */
  private void walk() {
    BitSet onPath = new BitSet();
    Deque<int[]> stack = new ArrayDeque<>();
    stack.push(new int[] {0, 0});
    reachable.set(0);
    onPath.set(0);
    while (!stack.isEmpty()) {
      int[] top = stack.getFirst();
      List<BasicBlock> successors = blocks.get(top[0]).successors();
      if (top[1] == successors.size()) {
        onPath.clear(top[0]);
        stack.pop();
        continue;
      }
      int successor = successors.get(top[1]++).index();
      if (onPath.get(successor)) {
        backEdges.add(new long[] {top[0], successor});
      } else if (!reachable.get(successor)) {
        reachable.set(successor);
        onPath.set(successor);
        stack.push(new int[] {successor, 0});
      }
    }
  }

  /** Adds the blocks that reach the latch without passing the header. */
  private void addLoop(int latch, int header) {
    BitSet body = new BitSet();
    body.set(header);
    Deque<Integer> work = new ArrayDeque<>();
    work.push(latch);
    while (!work.isEmpty()) {
      int block = work.pop();
      if (body.get(block)) {
        continue;
      }
      if (block == 0) {
        return; // entered other than through the header: not a natural loop
      }
      body.set(block);
      predecessors.get(block).forEach(work::push);
    }
    loops.merge(
        header,
        body,
        (a, b) -> {
          a.or(b);
          return a;
        });
  }

  private List<BasicBlock> place() {
    int[] waiting = new int[blocks.size()];
    for (int i = 0; i < waiting.length; i++) {
      waiting[i] = predecessors.get(i).size();
    }
    for (long[] edge : backEdges) {
      waiting[(int) edge[1]]--;
    }
    BitSet ready = new BitSet();
    BitSet placed = new BitSet();
    Deque<BitSet> open = new ArrayDeque<>();
    List<BasicBlock> order = new ArrayList<>();
    ready.set(0);
    while (!ready.isEmpty()) {
      int block = choose(ready, open);
      ready.clear(block);
      placed.set(block);
      order.add(blocks.get(block));
      if (loops.containsKey(block)) {
        open.push(loops.get(block));
      }
      for (BasicBlock successor : blocks.get(block).successors()) {
        int s = successor.index();
        if (!isBackEdge(block, s) && --waiting[s] == 0) {
          ready.set(s);
        }
      }
      while (!open.isEmpty() && contains(placed, open.getFirst())) {
        open.pop();
      }
    }
    return order;
  }

  /** The first ready block of the innermost loop that has one. */
  private static int choose(BitSet ready, Deque<BitSet> open) {
    for (BitSet loop : open) {
      BitSet inside = (BitSet) ready.clone();
      inside.and(loop);
      if (!inside.isEmpty()) {
        return inside.nextSetBit(0);
      }
    }
    return ready.nextSetBit(0);
  }

  private boolean isBackEdge(int from, int to) {
    for (long[] edge : backEdges) {
      if (edge[0] == from && edge[1] == to) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(BitSet all, BitSet part) {
    BitSet missing = (BitSet) part.clone();
    missing.andNot(all);
    return missing.isEmpty();
  }
}
