package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.testing.ConfigText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryWindowTest {
  private static ModelConfig config(int length, String end) {
    return ConfigText.small()
        .with("history_seq_len", length)
        .with("history_end", '"' + end + '"')
        .parse();
  }

  @ParameterizedTest
  @CsvSource({
    "last, 0, 0, 0", "last, 7, 0, 7", "last, 8, 0, 8", "last, 9, 1, 9", "last, 4096, 4088, 4096",
    "first, 0, 0, 0", "first, 7, 0, 7", "first, 8, 0, 8", "first, 9, 0, 8", "first, 4096, 0, 8"
  })
  void aHistoryLongerThanTheModelLosesItsOtherEnd(String end, int events, int from, int to) {
    assertEquals(new HistoryWindow(from, to), HistoryWindow.of(config(8, end), events));
  }

  @Test
  void twoModelsNeedWhatEitherReads() {
    HistoryCut ranker = HistoryCut.of(config(8, "last"));
    assertEquals(ranker, ranker.cover(HistoryCut.of(config(3, "last"))));
    assertEquals(
        new HistoryWindow(7, 20), ranker.cover(HistoryCut.of(config(13, "last"))).window(20));
    assertEquals(
        new HistoryWindow(0, 20), ranker.cover(HistoryCut.of(config(3, "first"))).window(20));
  }

  @Test
  void aWindowThatEndsBeforeItBeginsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new HistoryWindow(3, 2));
    assertThrows(IllegalArgumentException.class, () -> new HistoryWindow(-1, 2));
  }

  @Test
  void detailsAreCutWithTheirEngagements() {
    EngagementDetails details = new EngagementDetails(new int[] {1, 2, 3}, new float[] {4});
    EngagementDetails part = details.part(new HistoryWindow(1, 5));
    assertArrayEquals(new int[] {2, 3}, part.surfaces());
    assertArrayEquals(new float[0], part.dwellSeconds());
  }
}
