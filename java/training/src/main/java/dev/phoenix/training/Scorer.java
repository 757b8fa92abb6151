package dev.phoenix.training;

/** A ranker, as it stands. */
public interface Scorer {
  /**
   * Scores candidates.
   *
   * @param probabilities [Q, A]
   * @param continuous [Q, continuous outputs]; index 1, where there is one, is the scaled dwell
   *     time
   */
  void score(
      float[] probabilities, float[] continuous, HistoryBatch users, CandidateBatch candidates);
}
