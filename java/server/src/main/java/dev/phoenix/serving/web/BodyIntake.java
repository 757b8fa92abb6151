package dev.phoenix.serving.web;

import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Takes the parts of bodies from the decoder. It reads on only while a handler wants bytes, so that
 * a body waits in the socket and not in memory.
 */
final class BodyIntake {
  private final SocketChannel channel;
  private final Patience patience;

  BodyIntake(SocketChannel channel, Patience patience) {
    this.channel = channel;
    this.patience = patience;
  }

  /** Takes a part of the body of {@code current}. */
  void take(@Nullable Exchange current, HttpContent content) {
    if (current == null || current.broken) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      fail(current, new BrokenBodyException("the body's chunks are malformed"));
      return;
    }
    current.continueOwed &= !content.content().isReadable();
    current.body().add(content.content());
    if (content instanceof LastHttpContent) {
      current.body().end();
      current.bodyEnded = true;
      patience.none();
    } else if (current.body().hasBytes()) {
      channel.config().setAutoRead(false);
    }
  }

  /** Nothing more of a body can be read. */
  void fail(Exchange current, Throwable cause) {
    current.breakOff(cause);
    patience.none();
    if (current.answered) {
      var _ = channel.close();
    }
  }

  /** The reader of the body of {@code current} waits for bytes. */
  void want(@Nullable Exchange current) {
    if (current == null || current.bodyEnded) {
      return;
    }
    if (current.continueOwed) {
      current.continueOwed = false;
      var _ =
          channel.writeAndFlush(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    channel.config().setAutoRead(true);
  }
}
