package dev.phoenix.serving.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;

/**
 * A key with a self-signed certificate of {@code localhost}, made by keytool.
 *
 * @param key the private key
 * @param certificate its certificate
 * @param store both, with {@link #PASSWORD}
 */
record Keys(PrivateKey key, X509Certificate certificate, KeyStore store) {
  private static final String PASSWORD = "changeit";

  /**
   * Makes a key.
   *
   * @param algorithm and further options of keytool
   */
  static Keys make(Path folder, String... algorithm) throws Exception {
    Path file = Files.createTempFile(folder, "keys", ".p12");
    Files.delete(file);
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "server",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=ip:127.0.0.1,dns:localhost",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    PASSWORD,
                    "-keystore",
                    file.toString(),
                    "-keyalg"),
                Stream.of(algorithm))
            .toList();
    Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, made.waitFor(), output);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return new Keys(
        (PrivateKey) store.getKey("server", PASSWORD.toCharArray()),
        (X509Certificate) store.getCertificate("server"),
        store);
  }

  /** Key managers that show the certificate. */
  KeyManagerFactory managers() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    return factory;
  }

  /** Writes certificate and key as PKCS#8 into {@code folder}. */
  TlsFiles write(Path folder) throws IOException {
    Path certificateFile = folder.resolve("tls.crt");
    Path keyFile = folder.resolve("tls.key");
    Files.writeString(certificateFile, certificatePem());
    Files.writeString(keyFile, pem("PRIVATE KEY", key.getEncoded()));
    return new TlsFiles(certificateFile, keyFile, null);
  }

  String certificatePem() {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (java.security.cert.CertificateException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** The key in the older format of its algorithm: what PKCS#8 wraps. */
  String olderPem() {
    byte[] info = key.getEncoded();
    int version = Der.headerLength(info, 0);
    int algorithm = version + 3;
    int string = algorithm + Der.headerLength(info, algorithm) + Der.length(info, algorithm);
    int begin = string + Der.headerLength(info, string);
    byte[] older = Arrays.copyOfRange(info, begin, begin + Der.length(info, string));
    return pem(key.getAlgorithm() + " PRIVATE KEY", older);
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
