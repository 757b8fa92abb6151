package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests histories as flat arrays, whole and cut while they are decoded. */
class FlatHistoryTest {
  private final Random random = Seeds.random("flat histories");

  private Engagement engagement() {
    SortedMap<Integer, Float> actions = new TreeMap<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      actions.put(random.nextInt(20), random.nextFloat());
    }
    return new Engagement(random.nextLong(), random.nextLong(), actions);
  }

  /** Gives actions in a random order, some twice. */
  private void give(FlatHistoryBuilder builder, Engagement engagement, float dwell) {
    List<Integer> order = new ArrayList<>(engagement.actions().keySet());
    java.util.Collections.shuffle(order, random);
    for (int index : order) {
      builder.action(index, -1);
    }
    for (int index : order) {
      builder.action(index, engagement.actions().getOrDefault(index, Float.NaN));
    }
    builder.event(engagement.postId(), engagement.authorId(), 0, dwell);
  }

  @ParameterizedTest
  @EnumSource(HistoryEnd.class)
  void aHistoryCutWhileItIsReadIsTheWindowOfTheWhole(HistoryEnd end) {
    for (int round = 0; round < 300; round++) {
      int events = random.nextInt(60);
      HistoryCut cut = new HistoryCut(end, 1 + random.nextInt(40));
      List<Engagement> engagements = new ArrayList<>();
      float[] dwell = new float[events];
      FlatHistoryBuilder builder = new FlatHistoryBuilder(cut);
      for (int i = 0; i < events; i++) {
        engagements.add(engagement());
        dwell[i] = 1 + random.nextFloat();
        give(builder, engagements.get(i), dwell[i]);
      }
      FlatHistory whole =
          FlatHistory.of(
              new UserSequence(7, engagements), new EngagementDetails(new int[0], dwell, 9));
      assertEquals(events, whole.length());
      HistoryWindow window = cut.window(events);
      assertEquals(window.from(), builder.from());
      assertEquals(whole.part(window), builder.build(7, 9), Seeds::replay);
    }
  }

  @Test
  void theBytesAreThoseOfTheEventsThatAreRead() {
    FlatHistoryBuilder builder = new FlatHistoryBuilder(new HistoryCut(HistoryEnd.LAST, 127));
    for (int event = 0; event < 4096; event++) {
      for (int action = 0; action < 19; action++) {
        builder.action(action, 1);
      }
      builder.event(event, event);
    }
    FlatHistory history = builder.build(1, 0);
    assertEquals(127, history.length());
    assertEquals(4096 - 127, history.postId(0));
    assertEquals(127 * 19, history.actions());
    assertTrue(history.bytes() < 127 * 200, "found " + history.bytes());
  }

  @Test
  void modelsOfDifferentEndsReadEverything() {
    HistoryCut first = new HistoryCut(HistoryEnd.FIRST, 5);
    HistoryCut last = new HistoryCut(HistoryEnd.LAST, 9);
    assertEquals(HistoryCut.ALL, first.cover(last));
    assertEquals(new HistoryWindow(0, 100), first.cover(last).window(100));
    assertEquals(last, last.cover(new HistoryCut(HistoryEnd.LAST, 3)));
    assertEquals(new HistoryWindow(91, 100), last.window(100));
    assertEquals(new HistoryWindow(0, 5), first.window(100));
  }
}
