package dev.phoenix.client;

import java.time.Duration;

/**
 * How a client calls.
 *
 * @param deadline for a call and its retries together
 * @param retries when a call is made again
 * @param token shown with every call, for those that only an administrator may make; empty for none
 */
public record ClientOptions(Duration deadline, RetryPolicy retries, String token) {
  /** A second, a few retries, no token. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Duration.ofSeconds(1), RetryPolicy.DEFAULT, "");

  public ClientOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("expected a deadline above 0, found " + deadline);
    }
  }

  /** These with another deadline. */
  public ClientOptions withDeadline(Duration newDeadline) {
    return new ClientOptions(newDeadline, retries, token);
  }

  /** These with other retries. */
  public ClientOptions withRetries(RetryPolicy newRetries) {
    return new ClientOptions(deadline, newRetries, token);
  }

  /** These with a token. */
  public ClientOptions withToken(String newToken) {
    return new ClientOptions(deadline, retries, newToken);
  }
}
