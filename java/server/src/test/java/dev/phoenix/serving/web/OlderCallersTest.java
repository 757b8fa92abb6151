package dev.phoenix.serving.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/1.0, and the methods that every path has, as proxies and checks of health use them. */
class OlderCallersTest {
  private static final String CLOSE = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  private static Echo echo;

  @BeforeAll
  static void start() {
    echo = Echo.start();
  }

  @AfterAll
  static void stop() {
    echo.close();
  }

  @Test
  void proxiesThatSpeakTheOlderVersionAreAnswered() throws IOException {
    // nginx with a plain proxy_pass, and HAProxy's plain check, which sends no Host.
    String nginx = echo.all("GET /hello HTTP/1.0\r\nHost: b\r\nConnection: close\r\n\r\n");
    assertTrue(nginx.startsWith("HTTP/1.1 200") && nginx.endsWith("\r\n\r\nhello"), nginx);
    String check = echo.all("OPTIONS /hello HTTP/1.0\r\n\r\n");
    assertTrue(check.startsWith("HTTP/1.1 204"), check);
    assertTrue(check.toLowerCase(Locale.ROOT).contains("allow: get, head, options"), check);
    String post = echo.all("POST /echo HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
    assertTrue(post.endsWith("\r\n\r\nhello"), post);
    assertFalse(post.contains("chunked"), post);
  }

  @Test
  void theOlderVersionKeepsAConnectionOnlyWhenAsked() throws IOException {
    String kept =
        echo.all(
            "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n");
    assertEquals(2, kept.split("hello", -1).length - 1, kept);
    assertTrue(kept.contains("keep-alive"), kept);
  }

  @Test
  void whereAGetExistsAHeadDoes() throws IOException {
    String get = echo.all("GET /hello" + CLOSE);
    String head = echo.all("HEAD /hello" + CLOSE);
    assertTrue(head.startsWith("HTTP/1.1 200") && head.endsWith("\r\n\r\n"), head);
    assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("content-length: 5"), head);
    assertTrue(get.startsWith(head.substring(0, 15)), get);
  }

  @Test
  void anotherMethodIsAnsweredWithThoseThatExist() throws IOException {
    String answer = echo.all("GET /echo" + CLOSE);
    assertTrue(answer.startsWith("HTTP/1.1 405"), answer);
    assertTrue(answer.contains("Allow: OPTIONS, POST"), answer);
    assertTrue(echo.all("HEAD /echo" + CLOSE).startsWith("HTTP/1.1 405"));
    assertTrue(echo.all("PUT /hello" + CLOSE).contains("Allow: GET, HEAD, OPTIONS"));
    assertTrue(echo.all("OPTIONS *" + CLOSE).startsWith("HTTP/1.1 204"));
    assertTrue(echo.all("GET /nowhere" + CLOSE).startsWith("HTTP/1.1 404"));
  }

  @Test
  void parametersAreDecodedAndUnknownOnesNamed() throws IOException {
    assertTrue(echo.all("GET /things/a%2Fb+c%20d" + CLOSE).endsWith("\r\n\r\na/b+c d"));
    assertTrue(echo.all("GET /things/%zz" + CLOSE).startsWith("HTTP/1.1 400"));
    assertTrue(echo.all("GET /hello?name=x" + CLOSE).startsWith("HTTP/1.1 200"));
    String unknown = echo.all("GET /hello?nam=x" + CLOSE);
    assertTrue(unknown.startsWith("HTTP/1.1 400"), unknown);
    assertTrue(unknown.endsWith("expected parameters of [name], found 'nam'"), unknown);
    assertTrue(echo.all("GET http://h/hello" + CLOSE).startsWith("HTTP/1.1 200"));
  }
}
