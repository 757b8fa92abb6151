package dev.phoenix.client;

import dev.phoenix.compression.Compression;
import java.time.Duration;

/**
 * The options of a client.
 *
 * @param deadline the deadline of a call including its retries
 * @param retries the policy of retries
 * @param token the admin token, sent with every call; empty for none
 * @param compression the compression of requests, which the server also uses for responses
 */
public record ClientOptions(
    Duration deadline, RetryPolicy retries, String token, Compression compression) {
  /** A deadline of one second, a few retries, no token, no compression. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Duration.ofSeconds(1), RetryPolicy.DEFAULT, "", Compression.NONE);

  public ClientOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("expected a deadline above 0, found " + deadline);
    }
  }

  /** A copy with another deadline. */
  public ClientOptions withDeadline(Duration newDeadline) {
    return new ClientOptions(newDeadline, retries, token, compression);
  }

  /** A copy with another retry policy. */
  public ClientOptions withRetries(RetryPolicy newRetries) {
    return new ClientOptions(deadline, newRetries, token, compression);
  }

  /** A copy with a token. */
  public ClientOptions withToken(String newToken) {
    return new ClientOptions(deadline, retries, newToken, compression);
  }

  /** A copy with another compression. */
  public ClientOptions withCompression(Compression newCompression) {
    return new ClientOptions(deadline, retries, token, newCompression);
  }
}
