package dev.phoenix.serving.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates of authorities that the other side of a connection is checked by. */
public final class Authorities {
  private Authorities() {}

  /**
   * A check by the certificates of a PEM file.
   *
   * @throws IllegalArgumentException in one line, naming the file and what is wrong
   */
  public static X509ExtendedTrustManager read(Path file) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (X509Certificate authority : Pem.certificates(file)) {
        trusted.setCertificateEntry("authority-" + trusted.size(), authority);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
    } catch (GeneralSecurityException | IOException wrong) {
      throw new IllegalArgumentException(file + ": cannot be trusted: " + wrong, wrong);
    }
    throw new IllegalArgumentException(file + ": this JDK cannot check certificates");
  }
}
