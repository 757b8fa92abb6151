package dev.phoenix.serving.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read and what is refused of certificates and keys. */
class CredentialsTest {
  @TempDir static Path shared;
  private static Keys rsa = none();
  private static Keys ec = none();

  @TempDir Path folder;

  @SuppressWarnings("NullAway") // Replaced before the first test.
  private static Keys none() {
    return new Keys(null, null, null);
  }

  @BeforeAll
  static void make() throws Exception {
    rsa = Keys.make(shared, "RSA");
    ec = Keys.make(shared, "EC");
  }

  private TlsFiles files(String certificates, String key) throws IOException {
    Path certificate = Files.writeString(folder.resolve("a.crt"), certificates);
    return new TlsFiles(certificate, Files.writeString(folder.resolve("a.key"), key), null);
  }

  private static Credentials read(TlsFiles files) {
    return Credentials.read(files, Instant.now());
  }

  private static void assertRefused(String expected, TlsFiles files) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> read(files)).getMessage());
    assertTrue(message.contains(expected), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void allFormatsOfKeysAreRead() throws Exception {
    Keys edwards = Keys.make(shared, "Ed25519");
    for (Keys keys : new Keys[] {rsa, ec, edwards}) {
      assertEquals(keys.key(), read(keys.write(folder)).key());
    }
    assertEquals(rsa.key(), read(files(rsa.certificatePem(), rsa.olderPem())).key());
    assertEquals(ec.key(), read(files(ec.certificatePem(), ec.olderPem())).key());
    String both = "subject=x\n" + ec.certificatePem() + "Bag Attributes\n" + ec.olderPem();
    assertEquals(ec.key(), read(files(both, both)).key());
  }

  /** What cert-manager and openssl write. */
  @ParameterizedTest
  @ValueSource(strings = {"rsa:2048", "ec:prime256v1", "ec:secp384r1"})
  void keysOfOpensslAreRead(String kind) throws Exception {
    Path openssl = Path.of("/usr/bin/openssl");
    assumeTrue(Files.isExecutable(openssl), "openssl is not here");
    String curve = kind.substring(kind.indexOf(':') + 1);
    String make =
        kind.startsWith("rsa")
            ? "openssl genrsa -traditional -out k.pem 2048"
            : "openssl ecparam -name " + curve + " -genkey -out k.pem";
    String all = make + " && openssl req -x509 -key k.pem -out c.pem -days 2 -subj /CN=localhost";
    Process process =
        new ProcessBuilder("sh", "-c", all)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    Path key = folder.resolve("k.pem");
    assertTrue(Files.readString(key).contains(kind.startsWith("rsa") ? "RSA PRIV" : "EC PRIV"));
    Credentials read = read(new TlsFiles(folder.resolve("c.pem"), key, null));
    assertTrue(read.left(Instant.now()).compareTo(Duration.ofDays(2)) <= 0);
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Keys other = Keys.make(shared, "RSA");
    String unfit = "does not belong to the certificate";
    assertRefused(unfit, files(rsa.certificatePem(), other.write(shared).privateKey()));
    assertRefused(unfit, files(rsa.certificatePem(), other.olderPem()));
    assertRefused(unfit, files(rsa.certificatePem(), ec.olderPem()));
    assertRefused(unfit, files(ec.certificatePem(), rsa.olderPem()));
    assertRefused(
        "own certificate first",
        files(other.certificatePem() + rsa.certificatePem(), rsa.olderPem()));
  }

  private TlsFiles files(String certificates, Path key) throws IOException {
    return files(certificates, Files.readString(key));
  }

  @Test
  void whatIsNoKeyIsNamed() throws IOException {
    String certificate = rsa.certificatePem();
    String expected = "expected a PEM block PRIVATE KEY (PKCS#8), RSA PRIVATE KEY (PKCS#1) or EC";
    assertRefused(
        expected + " PRIVATE KEY (SEC1), not encrypted, found no PEM block",
        files(certificate, ""));
    assertRefused("found [CERTIFICATE]", files(certificate, certificate));
    byte[] some = {1, 2, 3};
    assertRefused(
        "found an encrypted ENCRYPTED PRIVATE KEY",
        files(certificate, Keys.pem("ENCRYPTED PRIVATE KEY", some)));
    String proc = rsa.olderPem().replaceFirst("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n\n");
    assertRefused("found an encrypted RSA PRIVATE KEY", files(certificate, proc));
    assertRefused("cannot be read", files(certificate, Keys.pem("PRIVATE KEY", some)));
    assertRefused("cannot be read", files(certificate, Keys.pem("RSA PRIVATE KEY", some)));
    assertRefused("expected a PEM block CERTIFICATE", files("", rsa.olderPem()));
    assertRefused("cannot be read", files(Keys.pem("CERTIFICATE", some), rsa.olderPem()));
    TlsFiles missing = new TlsFiles(folder.resolve("none"), folder.resolve("a.key"), null);
    assertRefused("there is no such file", missing);
  }

  @Test
  void certificatesAreServedOnlyWhileTheyAreValid() throws Exception {
    Keys expired = Keys.make(shared, "EC", "-startdate", "-10d", "-validity", "5");
    assertRefused("of CN=localhost expired at ", expired.write(folder));
    Keys early = Keys.make(shared, "EC", "-startdate", "+2d", "-validity", "5");
    assertRefused("is not valid before ", early.write(folder));
    Instant within = Instant.now().minus(Duration.ofDays(6));
    TlsFiles files = expired.write(folder);
    try (TlsIdentity identity = TlsIdentity.read(files, InstantSource.fixed(within))) {
      assertEquals(1, identity.daysLeft(), 0.1);
    }
  }
}
