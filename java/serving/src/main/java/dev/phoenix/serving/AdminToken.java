package dev.phoenix.serving;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The token of administrative operations, sent as {@code Authorization: Bearer TOKEN}. */
public final class AdminToken {
  private static final String SCHEME = "Bearer ";
  private static final int SHORTEST = 16;

  private final byte @Nullable [] token;

  private AdminToken(byte @Nullable [] token) {
    this.token = token;
  }

  /**
   * Creates a token; null or empty turns administration off.
   *
   * @throws IllegalArgumentException if {@code text} is too short
   */
  public static AdminToken of(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return new AdminToken(null);
    }
    if (text.length() < SHORTEST) {
      throw new IllegalArgumentException(
          "the admin token: expected at least %d characters, found %d"
              .formatted(SHORTEST, text.length()));
    }
    return new AdminToken((SCHEME + text).getBytes(StandardCharsets.UTF_8));
  }

  /** Whether administration is on. */
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
