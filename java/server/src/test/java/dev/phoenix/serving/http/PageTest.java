package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.web.Routes;
import dev.phoenix.serving.web.WebLimits;
import dev.phoenix.serving.web.WebListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a headless browser, used as a person would. */
class PageTest {
  private static final UserSequence EXAMPLE = UserSequence.read(Demo.ARTIFACTS.sequence());
  private static final int POSTS = EXAMPLE.history().size();
  private static final String FEED =
      "document.querySelector('#status').textContent.includes('posts retrieved and ranked')";
  private static final String FAILED = "document.querySelector('#status').className === 'failed'";

  @TempDir Path profile = Path.of("");

  private Browser open(int port) throws IOException, InterruptedException {
    assumeTrue(Browser.program().isPresent(), "no Chromium");
    return Browser.open(Browser.program().orElseThrow(), profile, "http://127.0.0.1:" + port + "/");
  }

  private static String text(Browser browser, String selector) {
    return browser.value("document.querySelector('" + selector + "').textContent");
  }

  private static int count(Browser browser, String selector) {
    return Integer.parseInt(browser.value("document.querySelectorAll('" + selector + "').length"));
  }

  private static void click(Browser browser, String selector) {
    browser.value("document.querySelector('" + selector + "').click()");
  }

  /** Picks an initial history and waits for its feed. */
  private static void pick(Browser browser, int index) throws InterruptedException {
    browser.value(
        "(pick => { pick.value = %d; pick.dispatchEvent(new Event('change')); })(%s)"
            .formatted(index, "document.querySelector('#pick')"));
    browser.await(FEED);
  }

  /** Records sent requests in {@code window.sent}. */
  private static void listen(Browser browser) {
    browser.value(
        """
        (original => {
          window.fetch = (path, options) => {
            if (options && options.body) window.sent = JSON.parse(options.body);
            return original(path, options);
          };
        })(window.fetch)\
        """);
  }

  @Test
  void theFeedOfTheExampleIsShownWithBarsAndTimes() throws Exception {
    try (DemoWeb web = DemoWeb.start();
        Browser browser = open(web.users().port())) {
      browser.await(FEED);
      assertTrue(text(browser, "#status").startsWith("200 posts retrieved and ranked"));
      assertEquals(20, count(browser, "#posts .rank"));
      assertEquals(POSTS, count(browser, "#engagements .remove"));
      assertTrue(count(browser, "#posts meter") >= 20 * 5);
      String times = text(browser, "#timing-legend");
      assertTrue(times.contains("ranking ") && times.contains("queue "), times);
      assertTrue(text(browser, "#model").startsWith("demo, version 1: cpu"));
    }
  }

  @Test
  void otherHistoriesArePicked() throws Exception {
    try (DemoWeb web = DemoWeb.start();
        Browser browser = open(web.users().port())) {
      browser.await(FEED);
      listen(browser);
      assertEquals(3, count(browser, "#pick option"));
      pick(browser, 1);
      assertEquals(10, count(browser, "#engagements li"));
      String first = Long.toUnsignedString(EXAMPLE.history().get(POSTS - 10).postId());
      assertEquals(first, browser.value("sent.history[0].post_id"));
      assertEquals(20, count(browser, "#posts .rank"));
      pick(browser, 2);
      assertEquals(0, count(browser, "#engagements li"));
      assertEquals("0", browser.value("sent.history.length"));
      assertTrue(text(browser, "#history-note").startsWith("No posts"));
      assertEquals(20, count(browser, "#posts .rank"));
      click(browser, "#add");
      assertEquals(1, count(browser, "#engagements li"));
      click(browser, "#reset");
      assertEquals(0, count(browser, "#engagements li"));
      pick(browser, 0);
      assertEquals(POSTS, count(browser, "#engagements li"));
      assertEquals(Long.toUnsignedString(EXAMPLE.userId()), browser.value("sent.user_id"));
    }
  }

  @Test
  void whatIsEditedIsSentAndWhatTheModelDoesNotReadIsSaid() throws Exception {
    try (DemoWeb web = DemoWeb.start();
        Browser browser = open(web.users().port())) {
      browser.await(FEED);
      listen(browser);
      // The demo has 19 actions, numbers 0 to 18. 11 of them have names: favorite, reply, quote,
      // repost, server_report, dwell, not_dwelled, vqv, photo_expand, report, not_interested. The
      // first option is no action.
      assertEquals(1 + 11, count(browser, "#engagements li:first-child option"));
      assertEquals(
          "favorite, reply, repost, dwell",
          browser.value("document.querySelector('option[value=own]').textContent"));
      browser.value("document.querySelector('[aria-label=\"Post id\"]').value = '77'");
      browser.value("document.querySelector('[aria-label=\"Author id\"]').value = '88'");
      browser.value("document.querySelector('#engagements select').value = '4'");
      click(browser, "#request .primary");
      browser.await(FEED);
      assertEquals(
          "{\"post_id\":\"77\",\"author_id\":\"88\",\"actions\":{\"4\":1}}",
          browser.value("JSON.stringify(sent.history[0])"));
      assertEquals(
          "{\"1\":1,\"4\":1,\"6\":1,\"11\":1}",
          browser.value("JSON.stringify(sent.history[3].actions)"));
      assertEquals("", text(browser, "#history-note"));
      for (int i = POSTS; i < 66; i++) {
        click(browser, "#add");
      }
      assertEquals(2, count(browser, "#engagements .unread"));
      assertEquals(
          "The model reads the last 64 posts; the 2 before them are left out.",
          text(browser, "#history-note"));
      click(browser, "#engagements .remove");
      click(browser, "#engagements .remove");
      assertEquals("", text(browser, "#history-note"));
    }
  }

  @Test
  void aFailureLeavesNoEarlierFeed() throws Exception {
    try (DemoWeb web = DemoWeb.start();
        Browser browser = open(web.users().port())) {
      browser.await(FEED);
      browser.value("document.querySelector('#user').value = '99999999999999999999'");
      click(browser, "#request .primary");
      browser.await(FAILED);
      assertTrue(text(browser, "#status").startsWith("No feed: user_id"), text(browser, "#status"));
      assertEquals(0, count(browser, "#posts li"));
      assertEquals("true", browser.value("document.querySelector('#timing').hidden"));
      click(browser, "#reset");
      click(browser, "#request .primary");
      browser.await(FEED);
      assertEquals(20, count(browser, "#posts .rank"));
      assertEquals("false", browser.value("document.querySelector('#timing').hidden"));
      web.users().close();
      click(browser, "#request .primary");
      browser.await(FAILED);
      assertEquals("No feed: the server does not answer", text(browser, "#status"));
      assertEquals(0, count(browser, "#posts li"));
      browser.await(
          "document.querySelector('#model').textContent === 'the server does not answer'");
    }
  }

  @Test
  void anExampleThatFailsIsAskedForAgain() throws Exception {
    AtomicBoolean there = new AtomicBoolean();
    byte[] example = new ExampleHistory(EXAMPLE, FeedPolicy.DEFAULT).encode();
    Routes routing = new Routes(Answers::error);
    PageFiles.route(routing);
    routing.get(
        "/v1/example",
        (_, response) -> {
          response.status(there.get() ? 200 : 503);
          Answers.json(
              response,
              there.get() ? example : "{\"error\":\"not yet\"}".getBytes(StandardCharsets.UTF_8));
        });
    routing.get(
        "/v1/live",
        (_, response) ->
            Answers.json(response, "{\"seconds\":[]}".getBytes(StandardCharsets.UTF_8)));
    WebListener.Options options =
        new WebListener.Options(routing, Answers::error, WebLimits.DEFAULT, null, () -> {});
    try (WebListener server =
            WebListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
        Browser browser = open(server.port())) {
      browser.await(FAILED);
      assertEquals("No history to begin with: not yet. Asking again…", text(browser, "#status"));
      browser.await("document.querySelector('#model').textContent === 'no model is loaded yet'");
      there.set(true);
      browser.await("document.querySelectorAll('#engagements li').length === " + POSTS);
      assertEquals("Recommend to see the feed.", text(browser, "#status"));
    }
  }
}
