package dev.phoenix.serving.tls;

import dev.phoenix.serving.AdminToken;
import java.util.Optional;

/**
 * Who may connect to the users' ports, and how.
 *
 * @param token the token that every call but those of health needs; off for none
 * @param tls the certificate and key of connections; empty for connections without TLS
 */
public record Access(AdminToken token, Optional<TlsIdentity> tls) {
  /** Anyone, without TLS. */
  public static final Access OPEN = new Access(AdminToken.of(null), Optional.empty());
}
