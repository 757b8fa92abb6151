package dev.phoenix.serving;

import java.util.Locale;

/**
 * Why a request has no answer. The message is for the caller: it names no path, address or class.
 */
public final class Rejection extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** The kinds of refusal. */
  public enum Reason {
    /** No model has been loaded yet. */
    LOADING,
    /** The server is going down. */
    DRAINING,
    /** As many requests wait as may. */
    QUEUE_FULL,
    /** As many requests wait or run as may. */
    IN_FLIGHT_CAP,
    /** It would be answered after its deadline. */
    PREDICTED_LATE,
    /** Its deadline passed before it was its turn. */
    EXPIRED,
    /** The caller took it back. */
    CANCELLED,
    /** The request is not one that can be answered. */
    INVALID,
    /** The model's output is not finite. */
    NOT_FINITE,
    /** The computation failed. */
    FAILED;

    /** As metrics spell it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A refusal; it has no stack trace, because a server under load makes many. */
  public Rejection(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** The kind. */
  public Reason reason() {
    return reason;
  }
}
