package dev.phoenix.serving;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A token of operators or of users, sent as {@code Authorization: Bearer TOKEN}. */
public final class BearerToken {
  private static final String SCHEME = "Bearer ";
  private static final int SHORTEST = 16;

  private final byte @Nullable [] token;

  private BearerToken(byte @Nullable [] token) {
    this.token = token;
  }

  /**
   * Creates a token; null or empty turns administration off.
   *
   * @throws IllegalArgumentException if {@code text} is too short
   */
  public static BearerToken of(@Nullable String text) {
    return of("the admin token", text);
  }

  /**
   * Creates a token of another kind; null or empty for none.
   *
   * @param what what errors call it
   * @throws IllegalArgumentException if {@code text} is too short
   */
  public static BearerToken of(String what, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return new BearerToken(null);
    }
    if (text.length() < SHORTEST) {
      throw new IllegalArgumentException(
          "%s: expected at least %d characters, found %d".formatted(what, SHORTEST, text.length()));
    }
    return new BearerToken((SCHEME + text).getBytes(StandardCharsets.UTF_8));
  }

  /** Whether there is a token; without one, nothing suits. */
  public boolean isOn() {
    return token != null;
  }

  /** Whether {@code authorization} has the token; compares in constant time. */
  public boolean suits(@Nullable String authorization) {
    return token != null
        && authorization != null
        && MessageDigest.isEqual(token, authorization.getBytes(StandardCharsets.UTF_8));
  }
}
