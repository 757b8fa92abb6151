package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ServingEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser without a window: what a person sees after it has loaded. */
class PageTest {
  private static final List<String> BROWSERS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  @TempDir Path folder = Path.of("");

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  private String domOf(String browser, String url) throws IOException, InterruptedException {
    Path dom = folder.resolve("dom.html");
    Process process =
        new ProcessBuilder(
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=1400,1000",
                "--timeout=15000",
                "--virtual-time-budget=6000",
                "--dump-dom",
                url)
            .redirectOutput(dom.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser does not end");
    assertEquals(0, process.exitValue());
    return Files.readString(dom, StandardCharsets.UTF_8);
  }

  @Test
  void theFeedOfTheExampleIsShownWithBarsAndTimes() throws Exception {
    Optional<String> browser =
        BROWSERS.stream().filter(b -> Files.isExecutable(Path.of(b))).findFirst();
    assumeTrue(browser.isPresent(), "no Chromium at " + BROWSERS);
    UserSequence example = UserSequence.read(Demo.ARTIFACTS.sequence());
    try (ServingEngine engine = Demo.engine(Demo.options(8, 50_000_000))) {
      engine.load(Demo.ARTIFACTS);
      WebServerPort.Context context =
          new WebServerPort.Context(engine, FeedPolicy.DEFAULT, example, () -> true);
      try (WebServerPort port = WebServerPort.start(Endpoint.loopback(0), context)) {
        String dom = domOf(browser.get(), "http://127.0.0.1:" + port.port() + "/");
        assertTrue(dom.contains("200 posts retrieved and ranked"), dom);
        assertFalse(dom.contains("No feed"), dom);
        assertEquals(20, count(dom, "<span class=\"rank\">"));
        assertEquals(example.history().size(), count(dom, "class=\"remove\""));
        assertTrue(count(dom, "<meter") >= 20 * 5, "bars: " + count(dom, "<meter"));
        assertTrue(dom.contains("ranking ") && dom.contains("queue "), dom);
        assertTrue(dom.contains("demo, version 1: cpu"), dom);
      }
    }
  }
}
