package dev.phoenix.serving.grpc;

import dev.phoenix.checkpoint.JsonPlace;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.serving.FeedPolicy;
import phoenix.v1.AuthorDecay;
import phoenix.v1.AuthorWindow;
import phoenix.v1.RecommendRequest;
import phoenix.v1.ScoreExplanation;
import phoenix.v1.ScoreTerm;
import phoenix.v1.Scoring;
import phoenix.v1.VectorDiversity;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Converts scoring options from messages and score explanations to messages. */
final class WireScoring {
  private WireScoring() {}

  /**
   * The options of a request, or the policy's if it has none. They are checked like those of a
   * file.
   *
   * @throws dev.phoenix.serving.Rejection naming the key, what was expected and what was found
   */
  static ScoringOptions options(RecommendRequest request, FeedPolicy policy) {
    return request.hasScoring()
        ? FeedPolicy.options(JsonPlace.of(document(request.getScoring()), "scoring"))
        : policy.scoring();
  }

  /** The equivalent JSON document of docs/scoring.md. */
  private static ObjectNode document(Scoring scoring) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    if (!scoring.getPreset().isEmpty()) {
      document.put("preset", scoring.getPreset());
    }
    if (scoring.getWeightsCount() > 0) {
      ObjectNode weights = document.putObject("weights");
      scoring.getWeightsMap().forEach(weights::put);
    }
    if (scoring.getAllowUntrained()) {
      document.put("allow_untrained", true);
    }
    if (scoring.hasOffset()) {
      document.put("offset", scoring.getOffset());
    }
    putDiversity(document, scoring);
    if (scoring.getCorpusFactorsCount() > 0) {
      ObjectNode factors = document.putObject("corpus_factors");
      scoring.getCorpusFactorsMap().forEach(factors::put);
    }
    return document;
  }

  private static void putDiversity(ObjectNode document, Scoring scoring) {
    if (scoring.hasAuthorDecay()) {
      AuthorDecay decay = scoring.getAuthorDecay();
      ObjectNode node = document.putObject("author_decay");
      node.put("decay", decay.getDecay());
      node.put("floor", decay.getFloor());
    }
    if (scoring.hasAuthorWindow()) {
      AuthorWindow window = scoring.getAuthorWindow();
      ObjectNode node = document.putObject("author_window");
      node.put("posts", window.getPosts());
      node.put("window", window.getWindow());
    }
    if (scoring.hasDiversity()) {
      VectorDiversity diversity = scoring.getDiversity();
      ObjectNode node = document.putObject("diversity");
      node.put("method", diversity.getMethod());
      node.put("theta", diversity.getTheta());
      node.put("first", diversity.getFirst());
    }
  }

  /** Encodes an explanation. */
  static ScoreExplanation encode(dev.phoenix.scoring.ScoreExplanation explanation) {
    ScoreExplanation.Builder message =
        ScoreExplanation.newBuilder()
            .setWeightedSum(explanation.weightedSum())
            .setAuthorFactor(explanation.authorFactor())
            .setCorpusFactor(explanation.corpusFactor())
            .setScore(explanation.score())
            .setRankByScore(explanation.placeByScore() + 1);
    explanation
        .terms()
        .forEach(
            term ->
                message.addTerms(
                    ScoreTerm.newBuilder()
                        .setOutput(term.output())
                        .setValue(term.value())
                        .setWeight(term.weight())
                        .setProduct(term.product())));
    explanation
        .offset()
        .ifPresent(
            rule ->
                message
                    .setOffset(rule.offset())
                    .setOffsetShare(rule.share())
                    .setOffsetScore(rule.score()));
    return message.build();
  }
}
