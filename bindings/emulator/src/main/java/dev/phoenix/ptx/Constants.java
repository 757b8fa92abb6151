package dev.phoenix.ptx;

/** Reads constants (sections Integer Constants and Floating-Point Constants). */
final class Constants {
  private Constants() {}

  static Operand parse(TokenReader reader, Token token) {
    String text = token.text();
    try {
      if (text.startsWith("0f") || text.startsWith("0F")) {
        float value = Float.intBitsToFloat(Integer.parseUnsignedInt(text.substring(2), 16));
        return new Operand.FloatConstant(value, ScalarType.F32);
      }
      if (text.startsWith("0d") || text.startsWith("0D")) {
        double value = Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16));
        return new Operand.FloatConstant(value, ScalarType.F64);
      }
      if (!text.startsWith("0x") && !text.startsWith("0X") && isDecimalFloat(text)) {
        return new Operand.FloatConstant(Double.parseDouble(text), ScalarType.F64);
      }
      return new Operand.IntegerConstant(integer(text));
    } catch (NumberFormatException e) {
      throw reader.error(token, "not a number: '" + text + "'");
    }
  }

  private static boolean isDecimalFloat(String text) {
    return text.contains(".") || text.contains("e") || text.contains("E");
  }

  private static long integer(String text) {
    String digits = text.endsWith("U") ? text.substring(0, text.length() - 1) : text;
    if (digits.startsWith("0x") || digits.startsWith("0X")) {
      return Long.parseUnsignedLong(digits.substring(2), 16);
    }
    if (digits.startsWith("0b") || digits.startsWith("0B")) {
      return Long.parseUnsignedLong(digits.substring(2), 2);
    }
    if (digits.length() > 1 && digits.startsWith("0")) {
      return Long.parseUnsignedLong(digits.substring(1), 8);
    }
    return Long.parseUnsignedLong(digits);
  }
}
