package dev.phoenix.serving.web;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Tells a connection of bytes before they are decoded: its limits of time begin with them. */
final class FirstBytes extends ChannelInboundHandlerAdapter {
  private final HttpConnection connection;

  FirstBytes(HttpConnection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    connection.received(((ByteBuf) bytes).readableBytes());
    context.fireChannelRead(bytes);
  }
}
