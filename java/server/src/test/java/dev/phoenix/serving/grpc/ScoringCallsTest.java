package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import phoenix.v1.AuthorDecay;
import phoenix.v1.AuthorWindow;
import phoenix.v1.RankedPost;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import phoenix.v1.ScoreExplanation;
import phoenix.v1.ScoreTerm;
import phoenix.v1.Scoring;
import phoenix.v1.VectorDiversity;

/** Scoring options and explanations of calls over gRPC. */
class ScoringCallsTest {
  private static final DemoGrpc DEMO = DemoGrpc.start();

  private final WireUser user = new WireUser(Seeds.random("scoring calls"), 30);

  @AfterAll
  static void stop() throws InterruptedException {
    DEMO.stop();
  }

  private RecommendRequest.Builder request() {
    return RecommendRequest.newBuilder().setSequence(user.message()).setTopK(60);
  }

  private static RecommendResponse call(RecommendRequest.Builder request) {
    return RecommenderGrpc.newBlockingStub(DEMO.channel()).recommend(request.build());
  }

  @Test
  void theTermsOfEveryScoreSumToIt() {
    Scoring own =
        Scoring.newBuilder()
            .setPreset("published")
            .putWeights("not_interested", -4)
            .putWeights("continuous_1", 0.5)
            .setOffset(0.25)
            .setAuthorDecay(AuthorDecay.newBuilder().setDecay(0.5))
            .putCorpusFactors("default", 0.75)
            .build();
    Scoring production = Scoring.newBuilder().setPreset("production").build();
    for (Scoring scoring : new Scoring[] {own, production}) {
      RecommendResponse response = call(request().setScoring(scoring).setExplain(true));
      assertEquals(60, response.getPostsCount());
      for (RankedPost post : response.getPostsList()) {
        ScoreExplanation explanation = post.getExplanation();
        float sum = 0;
        for (ScoreTerm term : explanation.getTermsList()) {
          assertEquals(term.getValue() * term.getWeight(), term.getProduct());
          sum += term.getProduct();
        }
        assertEquals(sum, explanation.getWeightedSum());
        double score =
            explanation.getOffsetScore()
                * explanation.getAuthorFactor()
                * explanation.getCorpusFactor();
        assertEquals(score, explanation.getScore(), 1e-12);
        assertEquals((float) explanation.getScore(), post.getWeightedScore());
      }
      assertEquals(scoring.equals(production), response.getNotice().contains("preset production"));
    }
  }

  @Test
  void aStepIsOfTheCallAndOthersKeepTheServers() {
    RecommendResponse plain = call(request());
    assertFalse(plain.getPosts(0).hasExplanation());
    Scoring spaced =
        Scoring.newBuilder()
            .setPreset("published")
            .setAuthorWindow(AuthorWindow.newBuilder().setPosts(1).setWindow(5))
            .build();
    RecommendResponse apart = call(request().setScoring(spaced));
    Set<Long> authors = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      assertTrue(authors.add(apart.getPosts(i).getAuthorId()), Seeds.replay());
    }
    assertEquals(plain.getPostsList(), call(request()).getPostsList());
  }

  @Test
  void otherOptionsAreTheCallersFault() {
    for (Scoring wrong :
        new Scoring[] {
          Scoring.getDefaultInstance(),
          Scoring.newBuilder().setPreset("best").build(),
          Scoring.newBuilder().putWeights("share", 1).build(),
          Scoring.newBuilder().putWeights("favorite", Double.NaN).build(),
          Scoring.newBuilder().putWeights("favorite", 0).build(),
          Scoring.newBuilder().setPreset("published").setOffset(-1).build(),
          Scoring.newBuilder().setPreset("published").putCorpusFactors("news", 1).build(),
          Scoring.newBuilder()
              .setPreset("published")
              .setDiversity(VectorDiversity.newBuilder().setMethod("dpp"))
              .build()
        }) {
      assertEquals(
          Status.Code.INVALID_ARGUMENT,
          DemoGrpc.code(() -> call(request().setScoring(wrong))),
          wrong.toString());
    }
  }
}
