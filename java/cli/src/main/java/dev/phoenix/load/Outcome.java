package dev.phoenix.load;

import io.grpc.Status;
import java.util.Locale;

/** How a request ended. */
public enum Outcome {
  /** Answered before its deadline. */
  GOOD,
  /** The deadline passed at the caller, or the server saw that it had. */
  LATE,
  /** Refused at once, because the server had too much to do. */
  REJECTED,
  /** The server was not there, not ready, or going away. */
  UNAVAILABLE,
  /** The server says that the request is wrong. */
  INVALID,
  /** Anything else. */
  FAILED,
  /** Still without an answer when the run was given up. */
  LOST;

  /** The outcome of a status. */
  public static Outcome of(Status status) {
    return switch (status.getCode()) {
      case OK -> GOOD;
      case DEADLINE_EXCEEDED -> LATE;
      case RESOURCE_EXHAUSTED -> REJECTED;
      case UNAVAILABLE -> UNAVAILABLE;
      case INVALID_ARGUMENT -> INVALID;
      default -> FAILED;
    };
  }

  /** As reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
