package dev.phoenix.serving.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A connection that detects that the caller disconnects while a request waits. The server library
 * reads only when it expects a request, and only a reader notices the end of a socket. So this
 * class reads ahead and keeps the bytes for the library. A caller that closes its side for writing
 * counts as disconnected, as with most servers.
 */
final class WatchedConnection implements ConnectionContext {
  private static final ScopedValue<WatchedConnection> CURRENT = ScopedValue.newInstance();

  private final ConnectionContext connection;
  private final DataReader reader = DataReader.create(this::next);
  private @Nullable CompletableFuture<byte @Nullable []> ahead;

  private WatchedConnection(ConnectionContext connection) {
    this.connection = connection;
  }

  /** HTTP/1.1 over watched connections. */
  static ServerConnectionSelector http1() {
    return new Selector(Http1ConnectionSelector.builder().config(Http1Config.create()).build());
  }

  /**
   * Runs {@code gone} once, on another thread, if the caller of this thread's request disconnects
   * before it sends another request.
   */
  static void onCallerGone(Runnable gone) {
    if (CURRENT.isBound()) {
      CURRENT.get().watch(gone);
    }
  }

  private void watch(Runnable gone) {
    CompletableFuture<byte @Nullable []> reading = ahead;
    if (reading == null) {
      CompletableFuture<byte @Nullable []> begun = new CompletableFuture<>();
      Thread.ofVirtual().name("http peer").start(() -> readInto(begun));
      ahead = begun;
      reading = begun;
    }
    var _ =
        reading.whenComplete(
            (bytes, failure) -> {
              if (failure != null || bytes == null) {
                gone.run();
              }
            });
  }

  private void readInto(CompletableFuture<byte @Nullable []> result) {
    try {
      result.complete(read());
    } catch (RuntimeException | Error failed) {
      result.completeExceptionally(failed);
    }
  }

  /** Reads the next bytes; null at the end. */
  private byte @Nullable [] read() {
    DataReader source = connection.dataReader();
    try {
      source.ensureAvailable();
    } catch (InsufficientDataAvailableException end) {
      return null;
    }
    return source.readBytes(source.available());
  }

  /** Supplies bytes to the library. */
  private byte @Nullable [] next() {
    CompletableFuture<byte @Nullable []> reading = ahead;
    if (reading == null) {
      return read();
    }
    ahead = null;
    try {
      return reading.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the server stops", stopped);
    } catch (ExecutionException failed) {
      throw new CloseConnectionException("the connection broke", failed.getCause());
    }
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public ListenerContext listenerContext() {
    return connection.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return connection.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return connection.dataWriter();
  }

  @Override
  public Router router() {
    return connection.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return connection.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return connection.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return connection.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return connection.localPeer();
  }

  @Override
  public boolean isSecure() {
    return connection.isSecure();
  }

  @Override
  public String socketId() {
    return connection.socketId();
  }

  @Override
  public String childSocketId() {
    return connection.childSocketId();
  }

  /** The library's selector for watched connections. */
  private record Selector(ServerConnectionSelector http1) implements ServerConnectionSelector {
    @Override
    public int bytesToIdentifyConnection() {
      return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(io.helidon.common.buffers.BufferData data) {
      return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
      return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
      WatchedConnection watched = new WatchedConnection(context);
      return new Handled(watched, http1.connection(watched));
    }
  }

  /** The library's connection; its handlers find the watched connection in a scoped value. */
  private record Handled(WatchedConnection watched, ServerConnection connection)
      implements ServerConnection, InterruptableTask<Void> {
    @Override
    public void handle(Limit limit) throws InterruptedException {
      ScopedValue.where(CURRENT, watched)
          .<@Nullable Void, InterruptedException>call(
              () -> {
                connection.handle(limit);
                return null;
              });
    }

    @Override
    public boolean canInterrupt() {
      return !(connection instanceof InterruptableTask<?> task) || task.canInterrupt();
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      connection.close(interrupt);
    }
  }
}
