package dev.phoenix.serving.web;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Decodes requests and refuses those whose length two headers give. */
final class StrictDecoder extends HttpRequestDecoder {
  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_HEADERS = 32 << 10;

  StrictDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true));
  }

  /** Refuses both headers; the library would drop the length, and a proxy may read the other. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
