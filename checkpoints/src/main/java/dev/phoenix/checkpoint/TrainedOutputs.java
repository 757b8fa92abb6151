package dev.phoenix.checkpoint;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The outputs of a ranker that its training data had labels for. Other outputs keep their random
 * initial weights, so ranking by one of them would be random.
 *
 * @param actions indices of discrete actions, ascending
 * @param continuous indices of continuous outputs, ascending
 */
public record TrainedOutputs(SortedSet<Integer> actions, SortedSet<Integer> continuous) {
  /** Copies both sets. */
  public TrainedOutputs {
    actions = new TreeSet<>(actions);
    continuous = new TreeSet<>(continuous);
  }
}
