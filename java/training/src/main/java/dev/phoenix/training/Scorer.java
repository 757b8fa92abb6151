package dev.phoenix.training;

/** Scores candidates with the current parameters of a ranker. */
public interface Scorer {
  /**
   * Scores candidates.
   *
   * @param probabilities [Q, A]
   * @param continuous [Q, continuous outputs]; index 1, if present, is the scaled dwell time
   */
  void score(
      float[] probabilities, float[] continuous, HistoryBatch users, CandidateBatch candidates);
}
