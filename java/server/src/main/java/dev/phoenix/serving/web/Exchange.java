package dev.phoenix.serving.web;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A request and how far it is. It belongs to its connection's event loop. */
final class Exchange {
  /** The longest rest of a body that is read for the sake of the connection's next request. */
  private static final long MAX_DISCARDED = 256 << 10;

  private final HttpRequest head;
  private final BodyStream body;
  private @Nullable Runnable gone;

  /** Whether the body is complete. */
  boolean bodyEnded;

  /** Whether the end of the request is not known any more. */
  boolean broken;

  /** Whether the caller waits to be asked for the body. */
  boolean continueOwed;

  /** Whether sending of the response has begun. */
  boolean writing;

  /** Whether the response is sent. */
  boolean answered;

  Exchange(HttpRequest head, BodyStream body) {
    this.head = head;
    this.body = body;
    this.continueOwed = HttpUtil.is100ContinueExpected(head);
  }

  /** An exchange whose head did not come. */
  static Exchange withoutHead() {
    Exchange none = new Exchange(RequestHead.none(), new BodyStream(() -> {}));
    none.broken = true;
    return none;
  }

  BodyStream body() {
    return body;
  }

  boolean isHead() {
    return head.method().name().equals("HEAD");
  }

  /** Nothing more of the body can be read. */
  void breakOff(Throwable cause) {
    if (!bodyEnded) {
      broken = true;
      body.fail(cause);
    }
  }

  /** Sets what to run once if the caller disconnects. */
  void onGone(Runnable work) {
    gone = work;
  }

  /** The caller has disconnected. */
  void callerGone() {
    Runnable work = gone;
    gone = null;
    if (work != null) {
      Thread.ofVirtual().start(work);
    }
  }

  /** Whether another request may follow on the connection. */
  boolean mayBeFollowed() {
    if (!HttpUtil.isKeepAlive(head) || broken) {
      return false;
    }
    long length = HttpUtil.getContentLength(head, Long.MAX_VALUE);
    return bodyEnded || (!continueOwed && length <= MAX_DISCARDED);
  }

  /** The head of a response with a body of {@code length} bytes. */
  HttpResponse response(ServerResponse given, int length, boolean last) {
    HttpResponseStatus status = HttpResponseStatus.valueOf(given.status());
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    response.headers().add(given.headers());
    if (given.status() != HttpResponseStatus.NO_CONTENT.code()) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    if (last) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (head.protocolVersion().minorVersion() == 0) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return response;
  }
}
