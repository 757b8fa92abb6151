package dev.phoenix.scoring;

import java.util.List;
import java.util.Optional;

/**
 * How a post came by its score and its place: score = (weighted sum, or the offset rule's score of
 * it) · author factor · corpus factor.
 *
 * @param terms of the weighted sum, in the order they are summed
 * @param weightedSum their sum in float32
 * @param offset the rule for negative sums; empty where it does not apply
 * @param authorFactor 1 where there is no author decay
 * @param corpusFactor 1 where the corpus has no factor
 * @param score what posts are ordered by
 * @param placeByScore from 0, before diversity by vectors and author window
 * @param place from 0, after them
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
   * @param weight what it is multiplied by
   * @param product weight · value in float32
   */
  public record Term(String output, float value, float weight, float product) {}

  /**
   * The rule for negative sums.
   *
   * @param offset what sums from 0 up are raised by
   * @param share of the offset below which the scores of negative sums lie
   * @param score of this sum
   */
  public record Offset(double offset, double share, double score) {}
}
