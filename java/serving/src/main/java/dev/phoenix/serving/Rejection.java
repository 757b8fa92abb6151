package dev.phoenix.serving;

import java.util.Locale;

/**
 * Thrown when a request is not answered. The message is for the caller: it names no path, address
 * or class.
 */
public final class Rejection extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final int SHOWN = 64;

  private final Reason reason;

  /** The reasons of a rejection. */
  public enum Reason {
    /** No model has been loaded yet. */
    LOADING,
    /** The server is shutting down. */
    DRAINING,
    /** The queue is full. */
    QUEUE_FULL,
    /** The limit of waiting and running requests is reached. */
    IN_FLIGHT_CAP,
    /** The request would complete after its deadline. */
    PREDICTED_LATE,
    /** The deadline passed before the request ran. */
    EXPIRED,
    /** The caller cancelled the request. */
    CANCELLED,
    /** The disk does not take a change at present. */
    UNAVAILABLE,
    /** The request is invalid. */
    INVALID,
    /** The request names a model or version that is not served. */
    NOT_FOUND,
    /** The model's output is not finite. */
    NOT_FINITE,
    /** The computation failed. */
    FAILED;

    /** The name in metrics. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Creates a rejection without a stack trace, because an overloaded server throws many. */
  public Rejection(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** A caller's text as messages show it: on one line, and not longer than 64 characters. */
  public static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return "'" + (line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line) + "'";
  }

  /** The reason. */
  public Reason reason() {
    return reason;
  }
}
