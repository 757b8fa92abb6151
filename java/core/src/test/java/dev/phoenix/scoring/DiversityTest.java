package dev.phoenix.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Compares the author window and diversity by vectors with simple implementations. */
class DiversityTest {
  private static final int ROUNDS = 300;

  private final Random random = Seeds.random("diversity");

  /** Each place takes the first remaining post that keeps the rule, or the first remaining post. */
  private static int[] window(int[] order, long[] authors, AuthorWindow rule) {
    List<Integer> left = new ArrayList<>(Arrays.stream(order).boxed().toList());
    List<Integer> placed = new ArrayList<>();
    while (!left.isEmpty()) {
      int chosen = left.getFirst();
      for (int post : left) {
        long author = authors[post];
        long recent =
            placed.subList(Math.max(0, placed.size() - rule.window() + 1), placed.size()).stream()
                .filter(each -> authors[each] == author)
                .count();
        if (author == 0 || recent < rule.posts()) {
          chosen = post;
          break;
        }
      }
      placed.add(chosen);
      left.remove(Integer.valueOf(chosen));
    }
    return placed.stream().mapToInt(Integer::intValue).toArray();
  }

  private int[] permutation(int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    java.util.Collections.shuffle(order, random);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void theAuthorWindowIsThatOfTheDefinition() {
    for (int round = 0; round < ROUNDS; round++) {
      int count = random.nextInt(60);
      long[] authors = RandomFeeds.candidates(random, count).authorIds();
      AuthorWindow rule = new AuthorWindow(1 + random.nextInt(3), 2 + random.nextInt(20));
      int[] order = permutation(count);
      int[] found = rule.apply(order, new AuthorNumbers(authors));
      assertArrayEquals(window(order, authors, rule), found, Seeds.replay());
    }
  }

  @Test
  void noWindowHoldsMoreOfAnAuthorWhileOthersAreLeft() {
    AuthorWindow rule = new AuthorWindow(2, 20);
    for (int round = 0; round < ROUNDS; round++) {
      long[] authors = new long[200];
      for (int i = 0; i < authors.length; i++) {
        authors[i] = 1L + random.nextInt(40);
      }
      int[] found = rule.apply(permutation(200), new AuthorNumbers(authors));
      // With 40 authors, posts by other authors remain for the first hundred places.
      for (int place = 0; place < 80; place++) {
        long author = authors[found[place]];
        long inWindow =
            IntStream.rangeClosed(Math.max(0, place - 19), place)
                .filter(i -> authors[found[i]] == author)
                .count();
        assertTrue(inWindow <= 2, Seeds.replay());
      }
      assertEquals(200, Arrays.stream(found).distinct().count());
    }
  }

  @Test
  void diversityByVectorsIsThatOfTheDefinition() {
    for (VectorDiversity.Method method : VectorDiversity.Method.values()) {
      for (int round = 0; round < ROUNDS / 3; round++) {
        int count = 1 + random.nextInt(30);
        int columns = 1 + random.nextInt(24);
        float[] vectors = RandomFeeds.vectors(random, count, columns);
        double[] scores = random.doubles(count, -3, 5).toArray();
        VectorDiversity options =
            new VectorDiversity(method, random.nextInt(10) / 10.0, 2 + random.nextInt(30));
        int[] order = ScoreOrder.of(scores);
        int[] expected = new PlainDiversity(options, vectors, columns).apply(order, scores);
        options.apply(order, scores, vectors, order.length);
        assertArrayEquals(expected, order, () -> options + ", " + Seeds.replay());
      }
    }
  }

  @Test
  void theFirstPlacesDoNotDependOnHowManyAreAskedFor() {
    for (VectorDiversity.Method method : VectorDiversity.Method.values()) {
      for (int round = 0; round < ROUNDS / 3; round++) {
        int count = 2 + random.nextInt(60);
        float[] vectors = RandomFeeds.vectors(random, count, 16);
        double[] scores = random.doubles(count).toArray();
        VectorDiversity options = new VectorDiversity(method, random.nextInt(10) / 10.0, 40);
        int[] whole = new PlainDiversity(options, vectors, 16).apply(ScoreOrder.of(scores), scores);
        int[] order = ScoreOrder.of(scores);
        int places = 1 + random.nextInt(count);
        options.apply(order, scores, vectors, places);
        int exact = Math.min(places, 40);
        assertArrayEquals(
            Arrays.copyOf(whole, exact),
            Arrays.copyOf(order, exact),
            () -> options + ", " + places + " places, " + Seeds.replay());
        assertEquals(count, Arrays.stream(order).distinct().count());
      }
    }
  }

  @Test
  void thetaOneLeavesTheOrderAndDuplicatesAreParted() {
    float[] vectors = {1, 0, 1, 0, 0, 1};
    double[] scores = {3, 2, 1};
    for (VectorDiversity.Method method : VectorDiversity.Method.values()) {
      int[] order = {0, 1, 2};
      new VectorDiversity(method, 1, 150).apply(order, scores, vectors, order.length);
      assertArrayEquals(new int[] {0, 1, 2}, order);
      new VectorDiversity(method, 0.5, 150).apply(order, scores, vectors, order.length);
      assertArrayEquals(new int[] {0, 2, 1}, order, method.label());
    }
  }

  @Test
  void postsBehindTheFirstKeepTheirPlaces() {
    int count = 40;
    double[] scores = random.doubles(count).toArray();
    int[] before = ScoreOrder.of(scores);
    int[] order = before.clone();
    float[] vectors = RandomFeeds.vectors(random, count, 8);
    new VectorDiversity(VectorDiversity.Method.DPP, 0.3, 10)
        .apply(order, scores, vectors, order.length);
    assertArrayEquals(Arrays.copyOfRange(before, 10, count), Arrays.copyOfRange(order, 10, count));
    assertArrayEquals(
        Arrays.stream(before, 0, 10).sorted().toArray(),
        Arrays.stream(order, 0, 10).sorted().toArray());
  }

  /** Dot products of such vectors take several steps of the widest vectors of a CPU. */
  @Test
  void longVectorsAreComparedInAllTheirColumns() {
    for (VectorDiversity.Method method : VectorDiversity.Method.values()) {
      for (int columns : new int[] {63, 128, 137}) {
        int count = 30;
        float[] vectors = RandomFeeds.vectors(random, count, columns);
        double[] scores = random.doubles(count).toArray();
        VectorDiversity options = new VectorDiversity(method, 0.3, 25);
        int[] order = ScoreOrder.of(scores);
        int[] expected = new PlainDiversity(options, vectors, columns).apply(order, scores);
        options.apply(order, scores, vectors, order.length);
        assertArrayEquals(
            expected, order, () -> options + ", " + columns + " columns, " + Seeds.replay());
      }
    }
  }

  @Test
  void postsOfEqualScoresArePartedByTheirVectorsAlone() {
    float[] vectors = {1, 0, 1, 0, 0, 1};
    double[] scores = {2, 2, 2};
    for (VectorDiversity.Method method : VectorDiversity.Method.values()) {
      int[] order = {0, 1, 2};
      new VectorDiversity(method, 0.5, 10).apply(order, scores, vectors, order.length);
      assertArrayEquals(new int[] {0, 2, 1}, order, method.label());
    }
  }
}
