package dev.phoenix.serving.web;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits connections, in all and of one address. Beyond a limit the connection that has waited for
 * a request the longest is closed for the new one; where none waits, the new one is closed.
 */
final class ConnectionLimiter {
  private final WebLimits limits;
  private final Map<Channel, HttpConnection> open = new LinkedHashMap<>();
  private final Map<InetAddress, Integer> counts = new HashMap<>();
  private final AtomicLong refused = new AtomicLong();

  ConnectionLimiter(WebLimits limits) {
    this.limits = limits;
  }

  /** Open connections. */
  synchronized int count() {
    return open.size();
  }

  /** Connections that a limit closed so far. */
  long refused() {
    return refused.get();
  }

  /** Takes a new connection, or closes it; returns whether it was taken. */
  boolean take(SocketChannel channel, HttpConnection connection) {
    InetAddress address = connection.peer();
    Channel closed = null;
    boolean taken = true;
    synchronized (this) {
      boolean full = open.size() >= limits.connections();
      boolean crowded = counts.getOrDefault(address, 0) >= limits.perAddress();
      if (full || crowded) {
        closed = waiting(crowded ? address : null);
        taken = closed != null;
      }
      if (closed != null) {
        forget(closed);
      }
      if (taken) {
        open.put(channel, connection);
        counts.merge(address, 1, Integer::sum);
      }
    }
    if (closed != null || !taken) {
      refused.incrementAndGet();
      var _ = (closed != null ? closed : channel).close();
    }
    if (taken) {
      var _ = channel.closeFuture().addListener(_ -> end(channel));
    }
    return taken;
  }

  /** A connection without a request, of {@code address} if it is not null. */
  private @Nullable Channel waiting(@Nullable InetAddress address) {
    for (Map.Entry<Channel, HttpConnection> each : open.entrySet()) {
      if (each.getValue().isIdle() && (address == null || address.equals(each.getValue().peer()))) {
        return each.getKey();
      }
    }
    return null;
  }

  private synchronized void end(Channel channel) {
    forget(channel);
  }

  private void forget(Channel channel) {
    HttpConnection connection = open.remove(channel);
    if (connection != null) {
      counts.computeIfPresent(connection.peer(), (_, n) -> n == 1 ? null : n - 1);
    }
  }

  /** Closes all connections. */
  void closeAll() {
    Channel[] all;
    synchronized (this) {
      all = open.keySet().toArray(Channel[]::new);
    }
    for (Channel channel : all) {
      var _ = channel.close();
    }
  }
}
