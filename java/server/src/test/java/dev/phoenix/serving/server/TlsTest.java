package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.client.PhoenixClient;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS with two PEM files. */
@Timeout(180)
class TlsTest {
  @TempDir Path folder;

  @Test
  void bothPortsSpeakTlsWithTheCertificateOfTheFiles() throws Exception {
    KeyStore keys = keyPair();
    Path certificate = pem("cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
    char[] password = "changeit".toCharArray();
    Path key = pem("key.pem", "PRIVATE KEY", keys.getKey("server", password).getEncoded());
    Map<Setting, String> tls =
        Map.of(
            Setting.TLS_CERTIFICATE, certificate.toString(),
            Setting.TLS_PRIVATE_KEY, key.toString());
    try (PhoenixServer server = ServerSurfaceTest.start(tls);
        PhoenixClient client =
            PhoenixClient.tls(
                "127.0.0.1:" + server.grpcPort(), certificate, ServerSurfaceTest.PATIENT);
        PhoenixClient plain =
            PhoenixClient.plaintext("127.0.0.1:" + server.grpcPort(), ServerSurfaceTest.PATIENT);
        HttpClient http = HttpClient.newBuilder().sslContext(trusting(keys)).build()) {
      server.load();
      assertEquals(4, client.recommend(ServerSurfaceTest.recommend(4)).getPostsCount());
      assertThrows(
          StatusRuntimeException.class, () -> plain.recommend(ServerSurfaceTest.recommend(4)));
      HttpRequest ready =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.httpPort() + "/readyz"))
              .build();
      assertEquals("ready\n", http.send(ready, BodyHandlers.ofString()).body());
      HttpRequest open =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + "/readyz"))
              .build();
      assertThrows(IOException.class, () -> http.send(open, BodyHandlers.ofString()));
    }
  }

  /** A key with a self-signed certificate, made by keytool. */
  private KeyStore keyPair() throws Exception {
    Path file = folder.resolve("keys.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, made.waitFor(), output);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, "changeit".toCharArray());
    }
    return keys;
  }

  private Path pem(String name, String what, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          "-----BEGIN %s-----\n%s\n-----END %s-----\n"
              .formatted(what, text, what)
              .getBytes(StandardCharsets.US_ASCII));
    }
    return file;
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
