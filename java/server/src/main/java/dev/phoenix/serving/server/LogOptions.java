package dev.phoenix.serving.server;

/**
 * What the server logs and how.
 *
 * @param format the format of a message
 * @param level the least level of the server's own messages
 * @param access whether every request is logged
 */
public record LogOptions(Format format, Level level, boolean access) {
  /** The format of a message. */
  public enum Format {
    /** Text on a terminal, else JSON. */
    AUTO,
    /** A line of text, and the stack trace below it. */
    TEXT,
    /** A line with one JSON object. */
    JSON
  }

  /** The levels, from the fewest messages to the most. */
  public enum Level {
    /** What failed. */
    ERROR,
    /** What needs attention. */
    WARNING,
    /** What happens rarely, such as a reload. */
    INFO,
    /** What helps to find a fault. */
    DEBUG,
    /** All there is. */
    TRACE
  }

  /**
   * Checks settings.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is expected
   */
  public static LogOptions of(Settings settings) {
    return new LogOptions(
        settings.constant(Setting.LOG_FORMAT, Format.values()),
        settings.constant(Setting.LOG_LEVEL, Level.values()),
        settings.isTrue(Setting.ACCESS_LOG));
  }
}
