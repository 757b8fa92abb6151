package dev.phoenix.checkpoint;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The outputs of a ranker that its training data had labels for. Other outputs kept their random
 * start, so that a weight on one orders a feed by noise.
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
