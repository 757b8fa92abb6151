package dev.phoenix.serving.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Gives each handshake the key and certificate that are current when it begins. */
final class CurrentKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "server";

  private final Supplier<Credentials> current;

  CurrentKey(Supplier<Credentials> current) {
    this.current = current;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return suits(keyType) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return suits(keyType) ? ALIAS : null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return suits(keyType) ? new String[] {ALIAS} : null;
  }

  private boolean suits(String keyType) {
    String algorithm = current.get().key().getAlgorithm();
    // Names of the JDK, of OpenSSL's cipher suites, and of signature schemes.
    return keyType.equals(algorithm)
        || keyType.startsWith(algorithm + "_")
        || keyType.endsWith("_" + algorithm)
        || (algorithm.equals("EdDSA") && keyType.startsWith("Ed"));
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.get().chainArray();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.get().key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
