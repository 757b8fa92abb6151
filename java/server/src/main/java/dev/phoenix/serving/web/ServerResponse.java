package dev.phoenix.serving.web;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.ExecutionException;

/** A response. It is sent whole. */
public final class ServerResponse {
  private final HttpConnection connection;
  private final HttpHeaders headers = new DefaultHttpHeaders();
  private int status = 200;
  private boolean last;
  private boolean sent;

  ServerResponse(HttpConnection connection) {
    this.connection = connection;
  }

  /** Sets the status; 200 unless set. */
  public void status(int code) {
    status = code;
  }

  /** The status. */
  public int status() {
    return status;
  }

  /** Sets a header. */
  public void header(String name, String value) {
    headers.set(name, value);
  }

  HttpHeaders headers() {
    return headers;
  }

  /** Ends the connection after this response. */
  public void closeConnection() {
    last = true;
  }

  boolean isLast() {
    return last;
  }

  /** Whether sending has begun. */
  public boolean isSent() {
    return sent;
  }

  /** Sends the response without a body. */
  public void send() {
    send(new byte[0]);
  }

  /**
   * Sends the response and waits until the caller's system has taken it.
   *
   * @throws CallerGoneException if the connection breaks before
   */
  public void send(byte[] body) {
    if (sent) {
      throw new IllegalStateException("a response is sent once");
    }
    sent = true;
    try {
      if (!connection.send(this, body).get()) {
        throw new CallerGoneException("the connection broke while a response was sent");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new CallerGoneException("the server stops");
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
