package dev.phoenix.serving.tls;

import dev.phoenix.serving.BearerToken;
import java.util.Optional;

/**
 * Who may connect to the users' ports, and how.
 *
 * @param token the token that every call but those of health needs; off for none
 * @param tls the certificate and key of connections; empty for connections without TLS
 */
public record Access(BearerToken token, Optional<TlsIdentity> tls) {
  /** Anyone, without TLS. */
  public static final Access OPEN = new Access(BearerToken.of(null), Optional.empty());
}
