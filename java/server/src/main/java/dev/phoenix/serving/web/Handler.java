package dev.phoenix.serving.web;

/** Answers a request. It runs on a virtual thread of its own and may block. */
@FunctionalInterface
public interface Handler {
  /** Answers {@code request} by {@link ServerResponse#send(byte[])}, once. */
  void handle(ServerRequest request, ServerResponse response);
}
