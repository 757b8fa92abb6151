package dev.phoenix.serving.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A checked certificate with its key, and the authorities of clients.
 *
 * @param chain the server's own certificate first
 * @param key its private key
 * @param clients checks clients' certificates; null where clients need none
 */
record Credentials(
    List<X509Certificate> chain, PrivateKey key, @Nullable X509ExtendedTrustManager clients) {
  /**
   * Reads and checks files.
   *
   * @param now the time at which the certificates must be valid
   * @throws IllegalArgumentException in one line, naming the file, what is wrong and what is
   *     expected
   */
  static Credentials read(TlsFiles files, Instant now) {
    List<X509Certificate> chain = Pem.certificates(files.certificate());
    for (X509Certificate certificate : chain) {
      requireValid(files.certificate(), certificate, now);
    }
    PublicKey publicKey = chain.getFirst().getPublicKey();
    PrivateKey key = Pem.privateKey(files.privateKey(), publicKey);
    requirePair(files, chain, key);
    Path authorities = files.clientAuthorities();
    return new Credentials(chain, key, authorities == null ? null : Authorities.read(authorities));
  }

  private static void requireValid(Path file, X509Certificate certificate, Instant now) {
    String subject = certificate.getSubjectX500Principal().getName();
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      throw new IllegalArgumentException(
          "%s: the certificate of %s expired at %s"
              .formatted(file, subject, certificate.getNotAfter().toInstant()));
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      throw new IllegalArgumentException(
          "%s: the certificate of %s is not valid before %s, it is %s now"
              .formatted(file, subject, certificate.getNotBefore().toInstant(), now));
    }
  }

  private static void requirePair(TlsFiles files, List<X509Certificate> chain, PrivateKey key) {
    if (isPair(chain.getFirst().getPublicKey(), key)) {
      return;
    }
    boolean later = chain.stream().anyMatch(each -> isPair(each.getPublicKey(), key));
    throw new IllegalArgumentException(
        later
            ? files.certificate() + ": expected the server's own certificate first in the file"
            : "%s: the private key does not belong to the certificate of %s"
                .formatted(files.privateKey(), files.certificate()));
  }

  private static boolean isPair(PublicKey publicKey, PrivateKey key) {
    byte[] text = "pair".getBytes(StandardCharsets.US_ASCII);
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(text);
      byte[] signature = signing.sign();
      Signature checking = Signature.getInstance(algorithm);
      checking.initVerify(publicKey);
      checking.update(text);
      return checking.verify(signature);
    } catch (GeneralSecurityException different) {
      return false;
    }
  }

  /** The time until the first certificate of the chain expires; negative afterwards. */
  Duration left(Instant now) {
    Instant first =
        chain.stream()
            .map(each -> each.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow();
    return Duration.between(now, first);
  }

  X509Certificate[] chainArray() {
    return chain.toArray(X509Certificate[]::new);
  }

  boolean sameAs(Credentials other) {
    return chain.equals(other.chain()) && Arrays.equals(key.getEncoded(), other.key().getEncoded());
  }
}
