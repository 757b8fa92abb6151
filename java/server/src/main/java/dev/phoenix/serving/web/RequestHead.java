package dev.phoenix.serving.web;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Locale;

/**
 * What the check of a head found.
 *
 * @param status 200, or the status to refuse it with
 * @param message why it is refused
 * @param target path and query
 */
record RequestHead(int status, String message, String target) {
  private static RequestHead refused(int status, String message) {
    return new RequestHead(status, message, "/");
  }

  /** The head of a request that did not come. */
  static HttpRequest none() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
  }

  /** Checks what the decoder leaves open. Source: RFC 9112, sections 2.3, 3.2 and 6. */
  static RequestHead check(HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      return malformed(head.decoderResult().cause());
    }
    if (head.protocolVersion().majorVersion() != 1) {
      return refused(505, "expected HTTP/1.1 or HTTP/1.0");
    }
    int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && head.protocolVersion().minorVersion() > 0)) {
      return refused(400, "expected one Host header, found " + hosts);
    }
    List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty()
        && (codings.size() > 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked"))) {
      return refused(501, "Transfer-Encoding: expected chunked, alone");
    }
    if (!codings.isEmpty() && head.protocolVersion().minorVersion() == 0) {
      return refused(400, "Transfer-Encoding: expected HTTP/1.1");
    }
    List<String> expectations = head.headers().getAll(HttpHeaderNames.EXPECT);
    if (expectations.stream().anyMatch(each -> !each.equalsIgnoreCase("100-continue"))) {
      return refused(417, "Expect: expected 100-continue");
    }
    return target(head);
  }

  private static RequestHead malformed(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return refused(414, "the request line is too long");
    }
    return cause instanceof TooLongHttpHeaderException
        ? refused(431, "the headers are too large")
        : refused(400, "the head of the request is malformed");
  }

  private static RequestHead target(HttpRequest head) {
    String target = head.uri();
    String lower = target.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      int path = target.indexOf('/', lower.indexOf("://") + 3);
      target = path < 0 ? "/" : target.substring(path);
    }
    boolean all = target.equals("*") && head.method().equals(HttpMethod.OPTIONS);
    if (!target.startsWith("/") && !all) {
      return refused(400, "expected a path as the target of the request");
    }
    return new RequestHead(200, "", target);
  }
}
