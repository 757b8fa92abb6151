package dev.phoenix.bench.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Comparison of values with their goals. */
class FigureTest {
  @Test
  void aLimitItselfIsWithinTheGoal() {
    assertTrue(Figure.atMost("latency", 10, "ms", 10).met());
    assertFalse(Figure.atMost("latency", 10.001, "ms", 10).met());
    assertTrue(Figure.atLeast("goodput", 90, "%", 90).met());
    assertFalse(Figure.atLeast("goodput", 89.999, "%", 90).met());
    assertTrue(Figure.exactly("lost", 0, 0).met());
    assertFalse(Figure.exactly("lost", 1, 0).met());
  }

  @Test
  void whatWasNotMeasuredMeetsNoGoal() {
    assertFalse(Figure.atMost("latency", Double.NaN, "ms", 10).met());
    assertFalse(Figure.atLeast("goodput", Double.NaN, "%", 90).met());
    assertEquals("not measured", Figure.atMost("latency", Double.NaN, "ms", 10).valueText());
  }

  @Test
  void aFigureReadsAsAPersonWouldWriteIt() {
    Figure latency = Figure.atMost("latency", 0.4567, "ms", 1);
    assertEquals("0.46 ms", latency.valueText());
    assertEquals("at most 1 ms", latency.goalText());
    assertEquals("met", latency.verdict());
    Figure share = Figure.atLeast("goodput", 12.34, "%", 90);
    assertEquals("12.3%", share.valueText());
    assertEquals("missed", share.verdict());
    Figure count = Figure.of("requests", 1_000_000, "");
    assertEquals("1,000,000", count.valueText());
    assertEquals("", count.goalText());
    assertEquals("", count.verdict());
  }
}
