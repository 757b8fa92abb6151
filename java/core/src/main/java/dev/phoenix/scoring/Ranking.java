package dev.phoenix.scoring;

import java.util.List;
import java.util.Optional;

/** The order of a feed and its explanation. */
public final class Ranking {
  private final Scorer scorer;
  private final Candidates candidates;
  private final Scorer.Scores scores;
  private final int[] byScore;
  private final int[] order;

  Ranking(Scorer scorer, Candidates candidates, Scorer.Scores scores, int[] byScore, int[] order) {
    this.scorer = scorer;
    this.candidates = candidates;
    this.scores = scores;
    this.byScore = byScore;
    this.order = order;
  }

  /** How many posts. */
  public int count() {
    return order.length;
  }

  /** The candidate index of the post at a place of the feed; both count from 0. */
  public int candidate(int place) {
    return order[place];
  }

  /**
   * The score of a candidate, which orders posts before diversity by vectors and the author window.
   */
  public double score(int candidate) {
    return scores.scores()[candidate];
  }

  /** The scored posts. */
  public Candidates candidates() {
    return candidates;
  }

  /** The scorer that made this ranking. */
  public Scorer scorer() {
    return scorer;
  }

  /** Explains the score and the place of the post at a place of the feed. */
  public ScoreExplanation explain(int place) {
    int candidate = order[place];
    double sum = scores.sums()[candidate];
    NegativeSums rule = scorer.rule();
    double[] author = scores.factors().author();
    double[] corpus = scores.factors().corpus();
    return new ScoreExplanation(
        List.of(scorer.terms(candidates, candidate)),
        scores.sums()[candidate],
        rule == null
            ? Optional.empty()
            : Optional.of(
                new ScoreExplanation.Offset(rule.offset(), rule.share(), rule.score(sum))),
        author == null ? 1 : author[candidate],
        corpus == null ? 1 : corpus[candidate],
        score(candidate),
        placeByScore(candidate),
        place);
  }

  private int placeByScore(int candidate) {
    int place = 0;
    while (byScore[place] != candidate) {
      place++;
    }
    return place;
  }
}
