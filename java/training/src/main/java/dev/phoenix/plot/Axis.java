package dev.phoenix.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The range of values along one side of a panel.
 *
 * @param label the quantity and its unit; may be empty
 * @param least the value at its start
 * @param greatest the value at its end
 * @param scale how values are spread between the two
 */
public record Axis(String label, double least, double greatest, Scale scale) {
  private static final int STEPS = 4;

  /** How values are spread over an axis. */
  public enum Scale {
    /** Equal differences have equal distances. */
    LINEAR,
    /** Equal ratios have equal distances; values are positive. */
    LOGARITHMIC
  }

  /** A linear axis. An empty range is widened by one. */
  public static Axis linear(String label, double least, double greatest) {
    return new Axis(label, least, greatest > least ? greatest : least + 1, Scale.LINEAR);
  }

  /** A linear axis from 0 to the first tick that is not below {@code greatest}. */
  public static Axis fromZero(String label, double greatest) {
    Axis axis = linear(label, 0, greatest);
    double step = axis.step();
    return linear(label, 0, step * Math.ceil(axis.greatest / step));
  }

  /** A logarithmic axis; values outside the range are drawn at its nearer end. */
  public static Axis logarithmic(String label, double least, double greatest) {
    return new Axis(label, least, greatest, Scale.LOGARITHMIC);
  }

  /** The place of {@code value}: 0 at the start, 1 at the end. */
  double share(double value) {
    return scale == Scale.LINEAR
        ? (value - least) / (greatest - least)
        : Math.log(Math.clamp(value, least, greatest) / least) / Math.log(greatest / least);
  }

  /** The values with a line and a number: multiples of a step, or powers of ten. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (scale == Scale.LOGARITHMIC) {
      double first = Math.pow(10, Math.ceil(Math.log10(least) - 1e-9));
      for (double tick = first; tick <= greatest * (1 + 1e-9); tick *= 10) {
        ticks.add(tick);
      }
      return ticks;
    }
    double step = step();
    for (double i = Math.ceil(least / step - 1e-9) + 0.0; i * step <= greatest + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** 1, 2 or 5 times a power of ten, so that there are three to seven steps. */
  private double step() {
    double quarter = (greatest - least) / STEPS;
    double power = Math.pow(10, Math.floor(Math.log10(quarter)));
    double ratio = quarter / power;
    return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : 5);
  }

  /** A number as ticks show it. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
