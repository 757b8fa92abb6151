package dev.phoenix.scoring;

import java.util.List;
import java.util.Optional;

/**
 * Explains the score and the place of a post: score = (weighted sum, or the offset rule's score of
 * it) · author factor · corpus factor.
 *
 * @param terms terms of the weighted sum, in the order of summation
 * @param weightedSum their sum in float32
 * @param offset the rule for negative sums; empty where it does not apply
 * @param authorFactor 1 where there is no author decay
 * @param corpusFactor 1 where the corpus has no factor
 * @param score the final score, by which posts are ordered
 * @param placeByScore place from 0, before diversity by vectors and the author window
 * @param place place from 0 in the feed
 */
public record ScoreExplanation(
    List<Term> terms,
    float weightedSum,
    Optional<Offset> offset,
    double authorFactor,
    double corpusFactor,
    double score,
    int placeByScore,
    int place) {
  /**
   * One weighted output.
   *
   * @param output its name
   * @param value probability, continuous output or retrieval score
   * @param weight the factor of the value
   * @param product weight · value in float32
   */
  public record Term(String output, float value, float weight, float product) {}

  /**
   * The rule for negative sums.
   *
   * @param offset added to sums of at least 0
   * @param share fraction of the offset below which the scores of negative sums lie
   * @param score the score that the rule gives this sum
   */
  public record Offset(double offset, double share, double score) {}
}
