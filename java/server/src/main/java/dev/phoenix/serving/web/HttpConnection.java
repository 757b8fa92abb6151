package dev.phoenix.serving.web;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection: one request after the other, each on a virtual thread of its own. Requests that
 * come while one is answered wait. All fields belong to the event loop, except those that say
 * otherwise.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
  private final WebListener listener;
  private final SocketChannel channel;
  private final InetAddress peer;
  private final Patience patience;
  private final BodyIntake intake;
  private final Deque<HttpObject> next = new ArrayDeque<>();
  private @Nullable Exchange exchange;
  private boolean ended;
  private boolean closing;
  private volatile boolean idle = true;

  HttpConnection(WebListener listener, SocketChannel channel) {
    this.listener = listener;
    this.channel = channel;
    this.peer = channel.remoteAddress().getAddress();
    this.patience = new Patience(channel, listener.limits(), this::late);
    this.intake = new BodyIntake(channel, patience);
  }

  /** Whether no request has begun; may be called by any thread. */
  boolean isIdle() {
    return idle;
  }

  /** The address of the other side; may be called by any thread. */
  InetAddress peer() {
    return peer;
  }

  /** Bytes have come, before they are decoded. */
  void received(int bytes) {
    if (idle && !closing) {
      idle = false;
      patience.head();
    }
    patience.received(bytes);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    patience.idle();
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (closing || !(message instanceof HttpObject part)) {
      ReferenceCountUtil.release(message);
    } else if (exchange != null && exchange.bodyEnded) {
      next.add(part);
      channel.config().setAutoRead(false);
    } else {
      process(part);
    }
  }

  private void process(HttpObject part) {
    if (part instanceof HttpRequest head) {
      begin(head);
    }
    if (part instanceof HttpContent content) {
      intake.take(exchange, content);
      if (exchange != null) {
        advance(exchange);
      }
    }
  }

  private void begin(HttpRequest head) {
    BodyStream body = new BodyStream(() -> onLoop(() -> intake.want(exchange)));
    Exchange begun = new Exchange(head, body);
    exchange = begun;
    RequestHead checked = RequestHead.check(head);
    if (checked.status() != 200) {
      begun.broken = true;
      body.discard();
      refuse(begun, checked.status(), checked.message());
      return;
    }
    ServerRequest request;
    try {
      request = new ServerRequest(head, checked.target(), body, peer);
    } catch (IllegalArgumentException malformed) {
      begun.broken = true;
      refuse(begun, 400, "the query: expected percent-encoded UTF-8");
      return;
    }
    patience.body();
    ServerResponse response = new ServerResponse(this);
    Thread.ofVirtual()
        .name("http")
        .start(() -> ServerRequest.within(this, () -> listener.handle(request, response)));
  }

  private void onLoop(Runnable work) {
    try {
      channel.eventLoop().execute(work);
    } catch (RejectedExecutionException stopped) {
      throw new CallerGoneException("the server stops");
    }
  }

  /** A time has passed. */
  private void late(Patience.Phase phase) {
    Exchange current = exchange;
    switch (phase) {
      case IDLE, ANSWER -> {
        var _ = channel.close();
      }
      case HEAD -> {
        exchange = Exchange.withoutHead();
        refuse(exchange, 408, "the head of the request took too long");
      }
      case BODY -> {
        if (current != null) {
          intake.fail(current, new CallerGoneException("the body came too slowly"));
          if (!current.writing) {
            refuse(current, 408, "the body came too slowly");
          }
        }
      }
    }
  }

  /** Runs {@code gone} once if the caller disconnects before its request is answered. */
  void onGone(Runnable gone) {
    onLoop(
        () -> {
          if (ended || !channel.isActive()) {
            Thread.ofVirtual().start(gone);
          } else if (exchange != null) {
            exchange.onGone(gone);
          }
        });
  }

  private void refuse(Exchange refused, int status, String message) {
    ServerResponse response = new ServerResponse(this);
    response.status(status);
    response.header("Content-Type", "application/json");
    response.closeConnection();
    var _ = write(refused, response, listener.error(message));
  }

  /**
   * Sends a response; may be called by any thread.
   *
   * @return whether it was sent
   */
  CompletableFuture<Boolean> send(ServerResponse response, byte[] body) {
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    onLoop(
        () -> {
          if (exchange == null || exchange.writing || !channel.isActive()) {
            sent.complete(false);
          } else {
            var _ =
                write(exchange, response, body)
                    .addListener(future -> sent.complete(future.isSuccess()));
          }
        });
    return sent;
  }

  private ChannelFuture write(Exchange current, ServerResponse response, byte[] body) {
    boolean last = response.isLast() || isLast(current);
    current.writing = true;
    current.body().discard();
    HttpResponse head = current.response(response, body.length, last);
    head.headers().set(HttpHeaderNames.DATE, listener.date());
    if (current.bodyEnded || last) {
      patience.answer();
    }
    channel.config().setAutoRead(true);
    var _ = channel.write(head);
    if (!current.isHead() && body.length > 0) {
      var _ = channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(body)));
    }
    ChannelFuture written = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    var _ = written.addListener(future -> written(current, last, future.isSuccess()));
    return written;
  }

  /** Whether the connection ends with the answer to {@code current}. */
  private boolean isLast(Exchange current) {
    return listener.isLeaving() || (ended && next.isEmpty()) || !current.mayBeFollowed();
  }

  private void written(Exchange current, boolean last, boolean success) {
    current.answered = true;
    if (!success) {
      var _ = channel.close();
    } else if (last) {
      leave(current.bodyEnded && next.isEmpty());
    } else {
      advance(current);
    }
  }

  /** Ends the connection; {@code quiet} if the caller sends nothing more. */
  private void leave(boolean quiet) {
    closing = true;
    patience.none();
    next.forEach(ReferenceCountUtil::release);
    next.clear();
    if (quiet || ended) {
      var _ = channel.close();
    } else {
      Farewell.say(channel);
    }
  }

  /** Goes on to the next request once the body has ended and the answer is sent. */
  private void advance(Exchange done) {
    if (!done.bodyEnded || !done.answered || exchange != done) {
      return;
    }
    exchange = null;
    if (next.isEmpty()) {
      idle = true;
      patience.idle();
    }
    while (!next.isEmpty() && (exchange == null || !exchange.bodyEnded)) {
      process(Objects.requireNonNull(next.poll()));
    }
    if (ended && exchange == null) {
      var _ = channel.close();
    }
    channel.config().setAutoRead(next.isEmpty());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      end(new BrokenBodyException("the body ended too early"));
      if (exchange == null || closing) {
        var _ = channel.close();
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void end(Throwable bodyFailure) {
    ended = true;
    Exchange current = exchange;
    if (current != null) {
      current.breakOff(bodyFailure);
      current.callerGone();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    patience.none();
    end(new CallerGoneException("the connection broke while a body was read"));
    if (exchange != null) {
      exchange.body().discard();
    }
    next.forEach(ReferenceCountUtil::release);
    next.clear();
    context.fireChannelInactive();
  }

  /** Broken sockets and failed handshakes are the caller's affair and are not logged. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    var _ = channel.close();
  }
}
