package dev.phoenix.training;

import dev.phoenix.ops.TopK;

/** Encodes and retrieves with the current parameters of a retrieval model. */
public interface Towers {
  /** D. */
  int dimension();

  /**
   * Encodes users with their whole histories.
   *
   * @param out [B, D] unit vectors; zero for a user without any token
   */
  void encodeUsers(float[] out, HistoryBatch users);

  /**
   * Encodes posts.
   *
   * @param out [N, D] unit vectors
   */
  void encodeCandidates(float[] out, PostRows posts);

  /** The {@code k} best posts of {@code corpus} for every user. */
  TopK retrieve(HistoryBatch users, PostRows corpus, int k);
}
