package dev.phoenix.load;

import io.grpc.Status;
import java.util.Locale;

/** How a request ended. */
public enum Outcome {
  /** Answered before its deadline. */
  GOOD,
  /** The deadline passed, at the caller or at the server. */
  LATE,
  /** Refused at once, because the server was overloaded. */
  REJECTED,
  /** The server was unreachable, not ready, or shutting down. */
  UNAVAILABLE,
  /** The server refused the request as invalid. */
  INVALID,
  /** Any other failure. */
  FAILED,
  /** Not answered when the run ended. */
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

  /** The name in reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
