package dev.phoenix.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
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
    assertEquals("not measured", text(Figure.atMost("latency", Double.NaN, "ms", 10)));
  }

  @Test
  void aFigureReadsAsAPersonWouldWriteIt() {
    Figure latency = Figure.atMost("latency", 0.4567, "ms", 1);
    assertEquals("0.46 ms", text(latency));
    assertEquals("at most 1 ms", latency.goals().getFirst().text());
    assertEquals("met", latency.goals().getFirst().verdict());
    Figure share = Figure.atLeast("goodput", 12.34, "%", 90);
    assertEquals("12.3%", text(share));
    assertEquals("missed", share.goals().getFirst().verdict());
    Figure count = Figure.of("requests", 1_000_000, "");
    assertEquals("1,000,000", text(count));
    assertEquals(List.of(), count.goals());
  }

  private static String text(Figure figure) {
    return Objects.requireNonNull(figure.value()).text();
  }
}
