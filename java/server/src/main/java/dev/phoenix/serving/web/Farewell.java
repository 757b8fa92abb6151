package dev.phoenix.serving.web;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose caller may still be sending. Its bytes are read and dropped for a moment,
 * because closing a socket with unread bytes may discard the response.
 */
final class Farewell {
  private static final long LINGER_SECONDS = 2;

  private Farewell() {}

  static void say(SocketChannel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      var _ = channel.shutdownOutput();
    } else {
      var _ = tls.closeOutbound();
    }
    channel.config().setAutoRead(true);
    Runnable close =
        () -> {
          var _ = channel.close();
        };
    var _ = channel.eventLoop().schedule(close, LINGER_SECONDS, TimeUnit.SECONDS);
  }
}
