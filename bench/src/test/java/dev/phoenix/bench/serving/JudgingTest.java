package dev.phoenix.bench.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.load.LoadSamples;
import dev.phoenix.load.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import phoenix.v1.RankedPost;
import phoenix.v1.RecommendResponse;

/** Statistics of samples, checks of answers, and mutations of valid requests. */
class JudgingTest {
  private static final long MILLI = 1_000_000;

  @Test
  void acceptedRequestsAreThoseAnsweredInTimeAndLate() {
    Outcome[] outcomes = {
      Outcome.GOOD, Outcome.LATE, Outcome.REJECTED, Outcome.FAILED, Outcome.LOST
    };
    long[] latencies = {10 * MILLI, 1300 * MILLI, 2 * MILLI, MILLI, 0};
    Answered answered =
        new Answered(new LoadSamples(new long[5], new long[5], latencies, outcomes));
    assertEquals(5, answered.total());
    assertEquals(1, answered.count(Outcome.GOOD));
    assertEquals(2, answered.failures());
    assertEquals(1300, answered.accepted(99), 2);
    assertEquals(2, answered.percentile(99, Outcome.REJECTED), 0.01);
    assertTrue(Double.isNaN(answered.percentile(99, Outcome.INVALID)));
  }

  @Test
  void memoryIsFlatOnceItHasSettled() {
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      samples.add(i < 20 ? 50.0 + i : 100.0);
    }
    assertEquals(0, Overload.flatness(samples), 1e-9);
    for (int i = 80; i < 100; i++) {
      samples.set(i, 103.0);
    }
    assertEquals(3, Overload.flatness(samples), 1e-9);
    assertTrue(Double.isNaN(Overload.flatness(List.of())));
  }

  @Test
  void anAnswerIsHeldAgainstTheVersionThatItNames() {
    VersionedAnswers answers = new VersionedAnswers();
    answers.learn(0, answer("1", 7));
    answers.learn(0, answer("2", 8));
    assertTrue(answers.isRight(0, answer("3", 7).toByteArray()));
    assertTrue(answers.isRight(0, answer("4", 8).toByteArray()));
    assertEquals(0, answers.mixed());
    assertTrue(!answers.isRight(0, answer("5", 8).toByteArray()));
    assertTrue(!answers.isRight(0, new byte[] {1, 2, 3}));
    assertEquals(2, answers.mixed());
  }

  private static RecommendResponse answer(String version, long post) {
    return RecommendResponse.newBuilder()
        .setModelVersion(version)
        .addPosts(RankedPost.newBuilder().setPostId(post))
        .build();
  }

  @Test
  void mutationsRepeatBySeedAndChangeSomething() {
    byte[] whole = WireRequests.recommend().message();
    Mutator one = new Mutator(5);
    Mutator two = new Mutator(5);
    Set<Integer> kinds = new HashSet<>();
    int changed = 0;
    for (int i = 0; i < 500; i++) {
      byte[] mutated = one.next(whole);
      assertArrayEquals(mutated, two.next(whole));
      changed += Arrays.equals(mutated, whole) ? 0 : 1;
      kinds.add(Arrays.hashCode(mutated));
    }
    assertTrue(changed > 450, "changed " + changed);
    assertNotEquals(1, kinds.size());
  }
}
