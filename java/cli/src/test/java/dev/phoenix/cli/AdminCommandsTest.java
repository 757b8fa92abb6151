package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import dev.phoenix.serving.server.PhoenixServer;
import dev.phoenix.serving.server.ServerConfig;
import dev.phoenix.serving.server.Setting;
import dev.phoenix.serving.server.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code phoenix status}, {@code reload} and {@code drain} against a server. */
@Timeout(180)
class AdminCommandsTest {
  private static final String TOKEN = "correct-horse-battery";

  @TempDir Path folder = Path.of("");

  private CommandRun run(PhoenixServer server, String... command) throws IOException {
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    String[] all = new String[command.length + 2];
    System.arraycopy(command, 0, all, 0, command.length);
    all[command.length] = "--url=http://127.0.0.1:" + server.adminPort();
    all[command.length + 1] = "--token-file=" + token;
    return CommandRun.of(all);
  }

  private static PhoenixServer start(Path artifacts) {
    Settings settings =
        Settings.resolve(
            null,
            Map.of(),
            Map.of(
                Setting.ARTIFACTS, artifacts.toString(),
                Setting.GRPC_PORT, "0",
                Setting.HTTP_PORT, "0",
                Setting.ADMIN_PORT, "0",
                Setting.ADMIN_TOKEN, TOKEN,
                Setting.THREADS, "1",
                Setting.BATCH_SIZE, "4",
                Setting.LAME_DUCK_SECONDS, "0"));
    return PhoenixServer.start(ServerConfig.of(settings, artifacts));
  }

  @Test
  void theyAskOneServer() throws Exception {
    Path model = Demo.copy(Files.createDirectories(folder.resolve("models/one"))).directory();
    try (PhoenixServer server = start(model)) {
      CommandRun before = run(server, "status");
      assertEquals(1, before.exitCode(), before.err());
      assertTrue(before.out().startsWith("state     not ready\n"), before.out());
      server.load();
      CommandRun ready = run(server, "status");
      assertEquals(0, ready.exitCode(), ready.err());
      assertTrue(ready.out().contains("model     one, version 1, on cpu in float32"), ready.out());
      assertTrue(run(server, "status", "--json").out().startsWith("{\"ready\":true"));

      CommandRun reloaded = run(server, "reload");
      assertEquals(0, reloaded.exitCode(), reloaded.err());
      assertTrue(reloaded.out().contains(": one version 2 serves ("), reloaded.out());
      Files.writeString(model.resolve("ranker/config.json"), "{");
      CommandRun failed = run(server, "reload");
      assertEquals(1, failed.exitCode(), failed.out());
      assertTrue(failed.out().contains(": one failed: "), failed.out());
      CommandRun unknown = run(server, "reload", "two");
      assertEquals(1, unknown.exitCode());
      assertEquals(
          "phoenix: /admin/reload?model=two answered 400: there is no model of this name beside the"
              + " current one\n",
          unknown.err());

      CommandRun drained = run(server, "drain");
      assertEquals(0, drained.exitCode(), drained.err());
      server.awaitDrainRequest();
    }
  }

  @Test
  void aWrongTokenAndASilentServerAreOneLine() throws Exception {
    String url;
    Path token = Files.writeString(folder.resolve("wrong"), "another-horse-battery");
    try (PhoenixServer server = start(Demo.ARTIFACTS.directory())) {
      url = "--url=http://127.0.0.1:" + server.adminPort();
      CommandRun refused = CommandRun.of("status", url, "--token-file=" + token);
      assertEquals("phoenix: the server refuses the admin token\n", refused.err());
    }
    CommandRun silent = CommandRun.of("status", url, "--token-file=" + token);
    assertEquals(1, silent.exitCode());
    assertTrue(silent.err().contains("does not answer"), silent.err());
    assertEquals(1, silent.err().lines().count(), silent.err());
  }

  @Test
  void theSettingsSayWhereTheServerIs() throws IOException {
    Path settings = folder.resolve("phoenix.properties");
    Files.writeString(settings, "admin-port = 1\nadmin-token = " + TOKEN + "\n");
    CommandRun run = CommandRun.of("status", "--config=" + settings);
    assertTrue(
        run.err().startsWith("phoenix: the server at http://127.0.0.1:1 does not answer"),
        run.err());
    Files.writeString(settings, "admin-token = " + TOKEN + "\n");
    assertEquals(
        "phoenix: expected --url, PHOENIX_ADMIN_PORT or --config with an admin-port\n",
        CommandRun.of("status", "--config=" + settings).err());
  }
}
