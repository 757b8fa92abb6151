package dev.phoenix.cli;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads an option's value as one of an enum's constants, spelled as {@code toString} spells them.
 *
 * @param constants the enum's constants
 */
record Labels<E extends Enum<E>>(E[] constants) implements ITypeConverter<E> {
  @Override
  public E convert(String text) {
    for (E constant : constants) {
      if (constant.toString().equals(text.toLowerCase(Locale.ROOT))) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "expected one of " + Arrays.toString(constants) + ", found '" + text + "'");
  }
}
