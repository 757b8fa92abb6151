package dev.phoenix.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class PlotTest {
  @Test
  void linearTicksAreRoundNumbers() {
    assertEquals(List.of(0.0, 20.0, 40.0, 60.0, 80.0), Axis.fromZero("", 70).ticks());
    assertEquals(List.of(2.0, 4.0, 6.0, 8.0), Axis.linear("", 1.5, 8.5).ticks());
    assertEquals(List.of(5.0, 5.2, 5.4, 5.6, 5.8, 6.0), rounded(Axis.linear("", 5, 5).ticks()));
    assertEquals(0.5, Axis.linear("", 2, 4).share(3), 1e-12);
  }

  @Test
  void logarithmicTicksArePowersOfTen() {
    Axis axis = Axis.logarithmic("", 0.1, 1000);
    assertEquals(List.of(0.1, 1.0, 10.0, 100.0, 1000.0), rounded(axis.ticks()));
    assertEquals(0.5, axis.share(10), 1e-12);
    assertEquals(0, axis.share(1e-9), 1e-12, "values below the range are drawn at its start");
  }

  private static List<Double> rounded(List<Double> ticks) {
    return ticks.stream().map(tick -> Math.round(tick * 1e6) / 1e6).toList();
  }

  @Test
  void everySeriesIsDrawnAndNamesAreEscaped() throws Exception {
    List<Series.Point> points = List.of(Series.Point.of(0, 1), Series.Point.of(10, 3));
    Series line = Series.line("p < 1", "#123", points);
    Series dots = Series.dots("red", List.of(new Series.Point(5, 2, "a & b")));
    Plot plot =
        new Plot(
            "title",
            List.of(
                Plot.Panel.covering("one", "step", List.of(line)),
                Plot.Panel.covering("two", "step", List.of(line, dots))));
    Element svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(plot.svg())))
            .getDocumentElement();
    assertEquals(2, svg.getElementsByTagName("polyline").getLength());
    assertEquals(1, svg.getElementsByTagName("circle").getLength());
    assertEquals("a & b", svg.getElementsByTagName("title").item(0).getTextContent());
    assertTrue(plot.svg().contains("p &lt; 1"), plot.svg());
  }
}
