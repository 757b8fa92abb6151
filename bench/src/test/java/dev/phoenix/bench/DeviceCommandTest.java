package dev.phoenix.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The device of a command, and its failures. */
class DeviceCommandTest {
  @Command(name = "try")
  private static final class Try implements Callable<Integer> {
    @Mixin private DeviceCommand on = new DeviceCommand();

    @Override
    public Integer call() {
      if (on.isRehearsal()) {
        throw new IllegalStateException("found no driver on " + on.device());
      }
      return 7;
    }
  }

  private static String errors(int exitCode, String... arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    try {
      assertEquals(exitCode, DeviceCommand.execute(new Try(), arguments));
    } finally {
      System.setErr(before);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theDeviceIsTheRealOneUntilAnotherIsChosen() {
    assertEquals("", errors(7));
    assertEquals("", errors(7, "--device=cuda"));
  }

  @Test
  void aFailureIsOneLine() {
    assertEquals(
        "phoenix try: found no driver on emulated", errors(1, "--device", "emulated").strip());
  }

  @Test
  void anotherDeviceIsRefusedByName() {
    String errors = errors(2, "--device", "tpu");
    assertTrue(errors.startsWith("--device: expected cuda or emulated, found 'tpu'"), errors);
    assertFalse(errors.contains("\tat "), errors);
  }
}
