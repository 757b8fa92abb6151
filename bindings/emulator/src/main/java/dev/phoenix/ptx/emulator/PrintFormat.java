package dev.phoenix.ptx.emulator;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formatting as C's printf does, with the conversions of CUDA's device printf. */
final class PrintFormat {
  private static final Pattern CONVERSION =
      Pattern.compile(
          "%([-+ #0]*)(\\*|\\d+)?(?:\\.(\\*|\\d*))?(hh|h|ll|l|z|j|t)?(.)", Pattern.DOTALL);
  private static final int DEFAULT_PRECISION = 6;

  private PrintFormat() {}

  /** The arguments of a call, in order. */
  interface Arguments {
    /** The next argument of 32 bits. */
    int word();

    /** The next argument of 64 bits. */
    long longWord();

    /** The text at an address. */
    String text(long pointer);
  }

  /**
   * Flags, width and precision of a conversion.
   *
   * @param flags of {@code -+ #0}
   * @param width minimum number of characters
   * @param precision digits or characters; -1 for the default
   */
  private record Style(String flags, int width, int precision) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }

    /** The sign of a number that is not negative. */
    String positive() {
      return has('+') ? "+" : has(' ') ? " " : "";
    }

    /** Formats sign, prefix and digits, padded to the width. */
    String number(String sign, String prefix, String digits, boolean zeros) {
      int missing = width - sign.length() - prefix.length() - digits.length();
      if (zeros && has('0') && !has('-') && missing > 0) {
        return sign + prefix + "0".repeat(missing) + digits;
      }
      return fill(sign + prefix + digits);
    }

    String fill(String text) {
      String blanks = " ".repeat(Math.max(0, width - text.length()));
      return has('-') ? text + blanks : blanks + text;
    }
  }

  /**
   * Formats one call.
   *
   * @throws IllegalArgumentException on an unknown conversion
   */
  static String format(String format, Arguments arguments) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = CONVERSION.matcher(format);
    int at = 0;
    while (at < format.length()) {
      int percent = format.indexOf('%', at);
      if (percent < 0) {
        return out.append(format, at, format.length()).toString();
      }
      out.append(format, at, percent);
      if (!matcher.find(percent) || matcher.start() != percent) {
        throw new IllegalArgumentException("'%' at the end");
      }
      out.append(convert(matcher, arguments));
      at = matcher.end();
    }
    return out.toString();
  }

  private static String convert(Matcher matcher, Arguments arguments) {
    char type = matcher.group(5).charAt(0);
    if (type == '%') {
      return "%";
    }
    String flags = matcher.group(1);
    int width = size(matcher.group(2), 0, arguments);
    if (width < 0) {
      flags += "-";
      width = -width;
    }
    Style style = new Style(flags, width, size(matcher.group(3), -1, arguments));
    String length = matcher.group(4) == null ? "" : matcher.group(4);
    return switch (type) {
      case 'd', 'i' -> signed(style, signedInteger(length, arguments));
      case 'u', 'x', 'X', 'o' -> unsigned(style, type, unsignedInteger(length, arguments));
      case 'c' -> style.fill(String.valueOf((char) (arguments.word() & 0xff)));
      case 's' -> style.fill(cut(arguments.text(arguments.longWord()), style.precision()));
      case 'p' -> style.fill(pointer(arguments.longWord()));
      case 'f', 'F', 'e', 'E', 'g', 'G', 'a', 'A' ->
          floating(style, type, Double.longBitsToDouble(arguments.longWord()));
      default -> throw new IllegalArgumentException("no conversion '" + matcher.group() + "'");
    };
  }

  private static int size(
      @org.jspecify.annotations.Nullable String text, int absent, Arguments arguments) {
    if (text == null) {
      return absent;
    }
    return text.equals("*") ? arguments.word() : text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  private static long signedInteger(String length, Arguments arguments) {
    return switch (length) {
      case "l", "ll", "z", "j", "t" -> arguments.longWord();
      case "h" -> (short) arguments.word();
      case "hh" -> (byte) arguments.word();
      default -> arguments.word();
    };
  }

  private static long unsignedInteger(String length, Arguments arguments) {
    long value = signedInteger(length, arguments);
    return switch (length) {
      case "l", "ll", "z", "j", "t" -> value;
      case "h" -> value & 0xffff;
      case "hh" -> value & 0xff;
      default -> value & 0xffff_ffffL;
    };
  }

  private static String signed(Style style, long value) {
    String digits = Long.toUnsignedString(value < 0 ? -value : value);
    return style.number(
        value < 0 ? "-" : style.positive(), "", atLeast(digits, style), style.precision() < 0);
  }

  private static String unsigned(Style style, char type, long value) {
    String digits =
        switch (type) {
          case 'x' -> Long.toHexString(value);
          case 'X' -> Long.toHexString(value).toUpperCase(Locale.ROOT);
          case 'o' -> Long.toOctalString(value);
          default -> Long.toUnsignedString(value);
        };
    boolean prefixed = style.has('#') && value != 0 && type != 'u';
    String prefix = !prefixed ? "" : type == 'o' ? "0" : "0" + type;
    return style.number("", prefix, atLeast(digits, style), style.precision() < 0);
  }

  private static String atLeast(String digits, Style style) {
    return "0".repeat(Math.max(0, style.precision() - digits.length())) + digits;
  }

  private static String pointer(long address) {
    return address == 0 ? "(nil)" : "0x" + Long.toHexString(address);
  }

  private static String cut(String text, int precision) {
    return precision < 0 || precision >= text.length() ? text : text.substring(0, precision);
  }

  private static String floating(Style style, char type, double value) {
    boolean upper = Character.isUpperCase(type);
    boolean negative = Double.doubleToRawLongBits(value) < 0 && !Double.isNaN(value);
    double magnitude = Math.abs(value);
    String digits;
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      digits = Double.isNaN(value) ? "nan" : "inf";
    } else {
      int precision = style.precision() < 0 ? DEFAULT_PRECISION : style.precision();
      digits =
          switch (Character.toLowerCase(type)) {
            case 'f' -> fixed(magnitude, precision);
            case 'e' -> exponential(magnitude, precision);
            case 'g' -> general(magnitude, Math.max(1, precision), style.has('#'));
            default -> Double.toHexString(magnitude);
          };
    }
    boolean finite = !Double.isNaN(value) && !Double.isInfinite(value);
    String shown = upper ? digits.toUpperCase(Locale.ROOT) : digits;
    return style.number(negative ? "-" : style.positive(), "", shown, finite);
  }

  private static String fixed(double value, int precision) {
    return new java.math.BigDecimal(value)
        .setScale(precision, java.math.RoundingMode.HALF_EVEN)
        .toPlainString();
  }

  private static String exponential(double value, int precision) {
    if (value == 0) {
      return String.format(Locale.ROOT, "%." + precision + "e", 0.0);
    }
    java.math.BigDecimal exact = new java.math.BigDecimal(value);
    java.math.BigDecimal rounded =
        exact.round(new java.math.MathContext(precision + 1, java.math.RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    String digits =
        rounded
            .movePointLeft(exponent)
            .setScale(precision, java.math.RoundingMode.UNNECESSARY)
            .toPlainString();
    return digits
        + (exponent < 0 ? "e-" : "e+")
        + String.format(Locale.ROOT, "%02d", Math.abs(exponent));
  }

  private static String general(double value, int precision, boolean keepZeros) {
    String exponential = exponential(value, precision - 1);
    int mark = exponential.indexOf('e');
    int exponent = Integer.parseInt(exponential.substring(mark + 1));
    boolean plain = exponent >= -4 && exponent < precision;
    String digits = plain ? fixed(value, precision - 1 - exponent) : exponential.substring(0, mark);
    if (!keepZeros && digits.indexOf('.') >= 0) {
      digits = digits.replaceAll("\\.?0+$", "");
    }
    return plain ? digits : digits + exponential.substring(mark);
  }
}
