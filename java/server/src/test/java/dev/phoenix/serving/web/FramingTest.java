package dev.phoenix.serving.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose framing is lost is answered with 400 at most once, and the connection ends. */
class FramingTest {
  private static final String HEAD = "POST /echo HTTP/1.1\r\nHost: h\r\n";
  private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";

  /** What an attacker wants to be read as a request of its own. */
  private static final String NEXT = "GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

  private static Echo echo;

  @BeforeAll
  static void start() {
    echo = Echo.start();
  }

  @AfterAll
  static void stop() {
    echo.close();
  }

  private static void assertRefused(String sent, String status) throws IOException {
    String answer = echo.all(sent + NEXT);
    assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
    assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close"), answer);
    assertFalse(answer.contains("hello"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhello\r\n0\r\n\r\n",
        "5;name=value\r\nhello\r\n0\r\n\r\n",
        "5;name=\"a value\"\r\nhello\r\n0;last\r\n\r\n",
        "05 ;a\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
        "2\r\nhe\r\n3;x\r\nllo\r\n0\r\n\r\n"
      })
  void extensionsAndTrailersOfChunksAreIgnored(String body) throws IOException {
    String answer = echo.all(CHUNKED + body + NEXT);
    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    assertTrue(answer.contains("\r\n\r\nhelloHTTP/1.1 200"), answer);
    assertTrue(answer.endsWith("\r\n\r\nhello"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhelloXX0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello!\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "x\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        ";x\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n"
      })
  void brokenChunksEndTheConnection(String body) throws IOException {
    assertRefused(CHUNKED + body, "400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Content-Length: 5, 6\r\n\r\nhello",
        "Content-Length: 5x\r\n\r\nhello",
        "Content-Length: +5\r\n\r\nhello",
        "Content-Length: -5\r\n\r\nhello",
        "Content-Length: 0x5\r\n\r\nhello",
        "Content-Length: 99999999999999999999\r\n\r\nhello",
        "Content-Length : 5\r\n\r\nhello"
      })
  void conflictingLengthsEndTheConnection(String rest) throws IOException {
    assertRefused(HEAD + rest, "400");
  }

  @Test
  void codingsThatAreNotKnownEndTheConnection() throws IOException {
    assertRefused(HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501");
    assertRefused(HEAD + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "");
    assertRefused(
        "POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400");
  }

  @Test
  void headsThatAreNoneEndTheConnection() throws IOException {
    assertRefused("GET /hello HTTP/1.1\r\n\r\n", "400");
    assertRefused("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400");
    assertRefused("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", "505");
    assertRefused("GET hello HTTP/1.1\r\nHost: a\r\n\r\n", "400");
    assertRefused("GET /hello HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400");
    assertRefused("nonsense\r\n\r\n", "400");
    assertRefused("GET /hello HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", "417");
    assertRefused("GET /hello HTTP/1.1\r\nHost: a\r\nA: " + "x".repeat(40_000) + "\r\n\r\n", "431");
    assertRefused("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n", "414");
  }

  @Test
  void aBodyThatNobodyReadsIsNotTheNextRequest() throws IOException {
    String body = NEXT;
    String answer =
        echo.all(
            "POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s%s"
                .formatted(body.length(), body, NEXT));
    assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
    assertEquals(1, answer.split("hello", -1).length - 1, answer);
  }
}
