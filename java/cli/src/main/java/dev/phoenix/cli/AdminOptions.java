package dev.phoenix.cli;

import dev.phoenix.serving.server.Setting;
import dev.phoenix.serving.server.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say where a server's operator port is. */
final class AdminOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The server's settings: host, admin-port and admin-token are read from it, and from the"
              + " environment (PHOENIX_ADMIN_PORT, PHOENIX_ADMIN_TOKEN).")
  private @Nullable Path file;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The operator port, such as http://127.0.0.1:9091 (default: of the settings).")
  private @Nullable URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the admin token (default: of the settings).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "PEM file of certificates to trust (default: the settings' tls-certificate, else the"
              + " JDK's).")
  private @Nullable Path authority;

  AdminOptions() {}

  /**
   * A client of the port.
   *
   * @throws IllegalArgumentException if an address or a token is missing
   */
  AdminClient client() {
    Settings settings = Settings.resolve(file, System.getenv(), Map.of());
    String certificate = settings.get(Setting.TLS_CERTIFICATE);
    URI at = url == null ? url(settings, !certificate.isEmpty()) : url;
    if (!"http".equals(at.getScheme()) && !"https".equals(at.getScheme())) {
      throw new IllegalArgumentException(
          "--url: expected http://HOST:PORT or https://HOST:PORT, found '" + at + "'");
    }
    String token = token(settings);
    if (token.isEmpty()) {
      throw new IllegalArgumentException(
          "expected --token-file, " + Setting.ADMIN_TOKEN.variable() + " or --config with a token");
    }
    Path trusted = authority;
    if (trusted == null && !certificate.isEmpty()) {
      trusted = Path.of(certificate);
    }
    return new AdminClient(at, token, trusted);
  }

  private static URI url(Settings settings, boolean isEncrypted) {
    String port = settings.get(Setting.ADMIN_PORT);
    if (port.equals("off")) {
      throw new IllegalArgumentException(
          "expected --url, " + Setting.ADMIN_PORT.variable() + " or --config with an admin-port");
    }
    String host = settings.get(Setting.HOST);
    if (host.equals("0.0.0.0") || host.equals("::")) {
      host = "127.0.0.1";
    }
    String inUrl = host.contains(":") ? "[" + host + "]" : host;
    return URI.create((isEncrypted ? "https://" : "http://") + inUrl + ":" + port);
  }

  private String token(Settings settings) {
    if (tokenFile == null) {
      return settings.get(Setting.ADMIN_TOKEN);
    }
    try {
      return Files.readString(tokenFile).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the token file " + tokenFile + " cannot be read", e);
    }
  }
}
