package dev.phoenix.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.phoenix.serving.server.LogOptions;
import dev.phoenix.serving.server.LogOptions.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The log of a server, on standard error. */
final class ServerLog {
  /** Names an own configuration of the log, which then is left alone. */
  static final String CONFIGURATION = "logback.configurationFile";

  /** The configuration of commands that a person runs; a server replaces it. */
  static final String STANDARD = "dev/phoenix/cli/log.xml";

  private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/.*|tty.*|console)");
  private static final String TIME = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}";

  private ServerLog() {}

  /** Configures the log, {@code java.util.logging} included. */
  static void configure(LogOptions options) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      configure(context, options);
    }
  }

  static void configure(LoggerContext context, LogOptions options) {
    context.reset();
    // Callers can make the network libraries warn as often as they like.
    LibraryWarnings warnings = new LibraryWarnings();
    warnings.start();
    context.addTurboFilter(warnings);
    boolean json =
        options.format() == Format.AUTO ? !isTerminal() : options.format() == Format.JSON;
    Encoder<ILoggingEvent> encoder = json ? new JsonLines() : text(context);
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("err");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger("dev.phoenix").setLevel(level(options.level()));
    context.getLogger("dev.phoenix.access").setLevel(options.access() ? Level.INFO : Level.OFF);
  }

  private static PatternLayoutEncoder text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(TIME + " %-5level %msg%n%ex");
    return encoder;
  }

  private static Level level(LogOptions.Level level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARNING -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
      case TRACE -> Level.TRACE;
    };
  }

  /**
   * Whether standard error is a terminal. The launcher, behind whose pipe it is not, tells by a
   * property.
   */
  private static boolean isTerminal() {
    if (Boolean.getBoolean("phoenix.terminal")) {
      return true;
    }
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
      return TERMINAL.matcher(target.toString()).matches();
    } catch (IOException | UnsupportedOperationException noSuchFolder) {
      return false;
    }
  }
}
