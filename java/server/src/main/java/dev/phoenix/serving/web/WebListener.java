package dev.phoenix.serving.web;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Listens for HTTP/1 connections, without or with TLS. */
public final class WebListener implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(WebListener.class.getName());
  private static final int EVENT_LOOPS = 2;

  private final Options options;
  private final ConnectionLimiter limiter;
  private final EventLoopGroup loops;
  private final Requests requests = new Requests();
  private final Channel channel;
  private volatile boolean leaving;
  private volatile boolean closing;

  /**
   * What a listener is made of.
   *
   * @param handler answers requests
   * @param errors makes the JSON body of an error from its message
   * @param limits the limits of connections
   * @param tls the TLS of connections; null for none
   * @param ended is run if the listener ends by itself
   */
  public record Options(
      Handler handler,
      Function<String, byte[]> errors,
      WebLimits limits,
      @Nullable SslContext tls,
      Runnable ended) {}

  private WebListener(InetSocketAddress address, Options options) {
    this.options = options;
    this.limiter = new ConnectionLimiter(options.limits());
    ThreadFactory threads = Thread.ofPlatform().daemon().name("http-", 0).factory();
    this.loops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, threads, NioIoHandler.newFactory());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(new Connecting());
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stopLoops();
      Throwable cause = bound.cause();
      throw new UncheckedIOException(
          "HTTP cannot listen on %s port %d".formatted(address.getHostString(), address.getPort()),
          cause instanceof IOException io ? io : new BindException(String.valueOf(cause)));
    }
    this.channel = bound.channel();
    channel.pipeline().addLast(new AcceptFailures());
    var _ =
        channel
            .closeFuture()
            .addListener(
                _ -> {
                  if (!closing) {
                    LOG.log(Level.ERROR, "HTTP does not listen any more");
                    options.ended().run();
                  }
                });
  }

  /**
   * Listens.
   *
   * @throws UncheckedIOException if the address cannot be listened on
   */
  public static WebListener start(InetSocketAddress address, Options options) {
    return new WebListener(address, options);
  }

  /** Prepares a new connection. */
  private final class Connecting extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel connected) {
      if (connected.remoteAddress() == null) {
        // The caller is gone already.
        var _ = connected.close();
        return;
      }
      HttpConnection connection = new HttpConnection(WebListener.this, connected);
      if (!limiter.take(connected, connection)) {
        return;
      }
      SslContext tls = options.tls();
      if (tls != null) {
        SslHandler handler = tls.newHandler(connected.alloc());
        handler.setHandshakeTimeout(options.limits().head().toMillis(), TimeUnit.MILLISECONDS);
        connected.pipeline().addLast(handler);
      }
      connected
          .pipeline()
          .addLast(
              new FirstBytes(connection),
              new StrictDecoder(),
              new HttpResponseEncoder(),
              connection);
    }
  }

  /** Failures to accept, such as too many open files. Netty pauses a second and goes on. */
  private static final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private long failures;
    private long logged = System.nanoTime() - QUIET_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
      failures++;
      if (System.nanoTime() - logged >= QUIET_NANOS) {
        logged = System.nanoTime();
        LOG.log(
            Level.WARNING,
            "HTTP connections cannot be accepted, {0} times since the start: {1}",
            failures,
            failure.getMessage());
      }
    }
  }

  /** Answers a request on its thread; whatever the handler leaves unanswered ends with a 500. */
  void handle(ServerRequest request, ServerResponse response) {
    requests.begin();
    try {
      options.handler().handle(request, response);
      if (!response.isSent()) {
        throw new IllegalStateException("a handler sent no response");
      }
    } catch (CallerGoneException gone) {
      // Nobody is left to answer.
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "an HTTP request failed", failed);
      fail(response);
    } finally {
      requests.end();
    }
  }

  private void fail(ServerResponse response) {
    if (response.isSent()) {
      return;
    }
    try {
      response.status(500);
      response.header("Content-Type", "application/json");
      response.closeConnection();
      response.send(error("internal error"));
    } catch (CallerGoneException gone) {
      // Nobody is left to answer.
    }
  }

  byte[] error(String message) {
    return options.errors().apply(message);
  }

  WebLimits limits() {
    return options.limits();
  }

  boolean isLeaving() {
    return leaving;
  }

  /** The value of the header {@code Date}. */
  String date() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
  }

  /** The port. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Open connections. */
  public int connections() {
    return limiter.count();
  }

  /** Requests that are being answered. */
  int runningRequests() {
    return requests.count();
  }

  /** Connections that a limit closed so far. */
  public long refusedConnections() {
    return limiter.refused();
  }

  /** Makes every further response the last of its connection. */
  public void leave() {
    leaving = true;
  }

  /** Stops listening, waits for running requests for {@code patience}, and closes connections. */
  public void close(Duration patience) {
    closing = true;
    leaving = true;
    var _ = channel.close().awaitUninterruptibly();
    requests.awaitNone(patience);
    limiter.closeAll();
    stopLoops();
  }

  private void stopLoops() {
    var _ =
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(1));
  }
}
