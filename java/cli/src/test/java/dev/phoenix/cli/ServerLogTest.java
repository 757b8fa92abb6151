package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines of a server's log as JSON. */
class ServerLogTest {
  private static String line(@Nullable Throwable thrown) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            ServerLogTest.class.getName(),
            context.getLogger("dev.phoenix.test"),
            Level.WARN,
            "a \"quoted\"\nmessage",
            thrown,
            new Object[0]);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
    return new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void aMessageIsOneLineWithItsTimeInIso8601() {
    String line = line(null);
    assertTrue(line.endsWith("}\n"), line);
    assertEquals(1, line.lines().count(), line);
    JsonNode read = JsonMapper.shared().readTree(line);
    assertEquals("2026-01-02T03:04:05.006Z", read.path("timestamp").asString());
    assertEquals("WARN", read.path("level").asString());
    assertEquals("dev.phoenix.test", read.path("logger").asString());
    assertEquals("a \"quoted\"\nmessage", read.path("message").asString());
    assertFalse(read.has("stack"));
  }

  @Test
  void aFailureHasItsStack() {
    String line = line(new IllegalStateException("why"));
    assertEquals(1, line.lines().count(), line);
    String stack = JsonMapper.shared().readTree(line).path("stack").asString();
    assertTrue(stack.startsWith("java.lang.IllegalStateException: why\n"), stack);
  }
}
