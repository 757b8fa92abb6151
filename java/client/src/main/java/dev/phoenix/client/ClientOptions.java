package dev.phoenix.client;

import dev.phoenix.compression.Compression;
import java.time.Duration;

/**
 * How a client calls.
 *
 * @param deadline for a call and its retries together
 * @param retries when a call is made again
 * @param token shown with every call, for those that only an administrator may make; empty for none
 * @param compression of requests, and of answers where the server has it
 */
public record ClientOptions(
    Duration deadline, RetryPolicy retries, String token, Compression compression) {
  /** A second, a few retries, no token, no compression. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Duration.ofSeconds(1), RetryPolicy.DEFAULT, "", Compression.NONE);

  public ClientOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("expected a deadline above 0, found " + deadline);
    }
  }

  /** These with another deadline. */
  public ClientOptions withDeadline(Duration newDeadline) {
    return new ClientOptions(newDeadline, retries, token, compression);
  }

  /** These with other retries. */
  public ClientOptions withRetries(RetryPolicy newRetries) {
    return new ClientOptions(deadline, newRetries, token, compression);
  }

  /** These with a token. */
  public ClientOptions withToken(String newToken) {
    return new ClientOptions(deadline, retries, newToken, compression);
  }

  /** These with requests compressed otherwise. */
  public ClientOptions withCompression(Compression newCompression) {
    return new ClientOptions(deadline, retries, token, newCompression);
  }
}
