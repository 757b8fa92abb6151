package dev.phoenix.serving.server;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.tls.TlsFiles;
import dev.phoenix.serving.web.WebLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads the settings of connections and of who may connect. */
final class SocketSettings {
  private static final int MAX_CONNECTIONS = 1 << 20;
  private static final int MAX_RATE = 100_000_000;

  private SocketSettings() {}

  static ServerConfig.Sockets read(Settings settings) {
    WebLimits http =
        new WebLimits(
            settings.integer(Setting.HTTP_CONNECTIONS, 0, MAX_CONNECTIONS),
            settings.integer(Setting.HTTP_CONNECTIONS_PER_ADDRESS, 0, MAX_CONNECTIONS),
            seconds(settings, Setting.HTTP_HEAD_SECONDS),
            seconds(settings, Setting.HTTP_IDLE_SECONDS),
            seconds(settings, Setting.HTTP_BODY_SECONDS),
            settings.integer(Setting.HTTP_BODY_BYTES_PER_SECOND, 0, MAX_RATE));
    GrpcServer.ClientRules grpc =
        new GrpcServer.ClientRules(
            seconds(settings, Setting.GRPC_PING_SECONDS),
            settings.isTrue(Setting.GRPC_IDLE_PINGS),
            settings.integer(Setting.GRPC_RESETS, 1, MAX_CONNECTIONS));
    BearerToken token = BearerToken.of("api-token", settings.get(Setting.API_TOKEN));
    return new ServerConfig.Sockets(http, grpc, tls(settings), token);
  }

  private static Duration seconds(Settings settings, Setting setting) {
    return Duration.ofSeconds(settings.integer(setting, 1, 3600));
  }

  private static Optional<TlsFiles> tls(Settings settings) {
    Path certificate = settings.path(Setting.TLS_CERTIFICATE);
    Path key = settings.path(Setting.TLS_PRIVATE_KEY);
    Path authorities = settings.path(Setting.TLS_CLIENT_AUTHORITIES);
    if (certificate != null && key != null) {
      return Optional.of(new TlsFiles(certificate, key, authorities));
    }
    if (certificate != null || key != null || authorities != null) {
      throw new IllegalArgumentException(
          "TLS: expected tls-certificate and tls-private-key, or none of the TLS settings");
    }
    return Optional.empty();
  }
}
