package dev.phoenix.cli;

import java.time.InstantSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The time at which posts are shown, as an option of a command.
 *
 * @param seconds since the epoch; 0 where posts have no age
 */
record ImpressionTime(long seconds) {
  private static final String DIGITS = "[1-9][0-9]{0,11}";

  /** Reads {@code now}, {@code none} or seconds since the epoch. */
  static final class Converter implements ITypeConverter<ImpressionTime> {
    private final InstantSource clock = InstantSource.system();

    @Override
    public ImpressionTime convert(String text) {
      return switch (text) {
        case "now" -> new ImpressionTime(clock.instant().getEpochSecond());
        case "none" -> new ImpressionTime(0);
        default -> {
          if (!text.matches(DIGITS)) {
            throw new TypeConversionException(
                "expected now, none or seconds since the epoch, found '" + text + "'");
          }
          yield new ImpressionTime(Long.parseLong(text));
        }
      };
    }
  }
}
