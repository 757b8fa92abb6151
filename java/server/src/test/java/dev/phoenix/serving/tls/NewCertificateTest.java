package dev.phoenix.serving.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.grpc.GrpcServer;
import dev.phoenix.serving.http.WebServerPort;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.web.WebLimits;
import inference.GRPCInferenceServiceGrpc;
import inference.ServerLiveRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.ReloadModelRequest;

/** Files that change under a server, certificates of clients, and the token of users. */
@Timeout(120)
class NewCertificateTest {
  private static final String TOKEN = "correct-horse-battery";

  @TempDir Path folder;
  private final ServingEngine engine = Demo.engine(Demo.options(1, 0), new PrometheusMetrics());
  private final Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());

  @AfterEach
  void close() {
    reloader.close();
    engine.close();
  }

  private WebServerPort http(Access access) {
    return WebServerPort.start(
        Endpoint.loopback(0),
        new WebServerPort.Context(
            engine, FeedPolicy.DEFAULT, new UserSequence(1, List.of()), () -> true),
        new WebServerPort.Options(
            WebLimits.DEFAULT, access, new ModelStatistics(InstantSource.system()), () -> {}));
  }

  private GrpcServer grpc(Access access) {
    return GrpcServer.start(
        Endpoint.loopback(0),
        new GrpcServer.Options(
            GrpcServer.ClientRules.DEFAULT,
            access,
            new ModelStatistics(InstantSource.system()),
            () -> {}),
        new GrpcServer.Context(
            engine,
            FeedPolicy.DEFAULT,
            new GrpcServer.ReloadAccess(reloader, BearerToken.of(null)),
            () -> true));
  }

  /** Trusts every server. */
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static SSLSocket connect(int port, String protocol, @Nullable Keys own) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys = own == null ? new KeyManager[0] : own.managers().getKeyManagers();
    context.init(keys, new TrustManager[] {new Trusting()}, null);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(30_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static Certificate shown(int port, String protocol) throws Exception {
    try (SSLSocket socket = connect(port, protocol, null)) {
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static String live(SSLSocket socket, String end) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /livez HTTP/1.1\r\nHost: h\r\n%s\r\n"
                .formatted(end)
                .getBytes(StandardCharsets.US_ASCII));
    StringBuilder text = new StringBuilder();
    while (text.indexOf("alive\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  @Test
  void newFilesServeNewConnectionsAndOldOnesGoOn() throws Exception {
    Keys first = Keys.make(folder, "RSA");
    Keys second = Keys.make(folder, "EC");
    try (TlsIdentity identity = TlsIdentity.read(first.write(folder), InstantSource.system())) {
      Access access = new Access(BearerToken.of(null), Optional.of(identity));
      try (WebServerPort http = http(access);
          GrpcServer grpc = grpc(access);
          SSLSocket open = connect(http.port(), "http/1.1", null)) {
        assertTrue(live(open, "").startsWith("HTTP/1.1 200"));
        assertEquals(first.certificate(), shown(http.port(), "http/1.1"));
        assertEquals(first.certificate(), shown(grpc.port(), "h2"));
        ManagedChannel channel = trusting(grpc.port(), first);
        try {
          assertTrue(isLive(channel));
          TlsFiles files = second.write(folder);
          identity.look();
          assertEquals(second.certificate(), shown(http.port(), "http/1.1"));
          assertEquals(second.certificate(), shown(grpc.port(), "h2"));
          assertTrue(live(open, "").startsWith("HTTP/1.1 200"));
          assertTrue(isLive(channel), "a channel that trusts the first certificate alone");
          Files.writeString(files.privateKey(), "half written");
          identity.look();
          assertEquals(second.certificate(), shown(http.port(), "http/1.1"));
        } finally {
          channel.shutdownNow();
        }
      }
    }
  }

  private static ManagedChannel trusting(int port, Keys keys) throws Exception {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .sslContext(GrpcSslContexts.forClient().trustManager(keys.certificate()).build())
        .build();
  }

  private static boolean isLive(ManagedChannel channel) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .serverLive(ServerLiveRequest.getDefaultInstance())
        .getLive();
  }

  @Test
  void clientsNeedACertificateWhereAuthoritiesAreGiven() throws Exception {
    Keys server = Keys.make(folder, "RSA");
    Keys client = Keys.make(folder, "EC");
    Keys stranger = Keys.make(folder, "EC");
    TlsFiles files = server.write(folder);
    Path authorities = Files.writeString(folder.resolve("ca.pem"), client.certificatePem());
    TlsFiles mutual = new TlsFiles(files.certificate(), files.privateKey(), authorities);
    try (TlsIdentity identity = TlsIdentity.read(mutual, InstantSource.system())) {
      Access access = new Access(BearerToken.of(null), Optional.of(identity));
      try (WebServerPort http = http(access);
          GrpcServer grpc = grpc(access)) {
        try (SSLSocket known = connect(http.port(), "http/1.1", client)) {
          assertTrue(live(known, "").startsWith("HTTP/1.1 200"));
        }
        for (Keys unknown : new @Nullable Keys[] {null, stranger}) {
          assertThrows(
              IOException.class,
              () -> {
                try (SSLSocket socket = connect(http.port(), "http/1.1", unknown)) {
                  if (live(socket, "").isEmpty()) {
                    throw new IOException("closed");
                  }
                }
              });
        }
        ManagedChannel plain = trusting(grpc.port(), server);
        ManagedChannel known =
            NettyChannelBuilder.forAddress("127.0.0.1", grpc.port())
                .sslContext(
                    GrpcSslContexts.forClient()
                        .trustManager(server.certificate())
                        .keyManager(client.managers())
                        .build())
                .build();
        try {
          assertTrue(isLive(known));
          assertThrows(StatusRuntimeException.class, () -> isLive(plain));
        } finally {
          plain.shutdownNow();
          known.shutdownNow();
        }
      }
    }
  }

  @Test
  void usersNeedTheTokenForAllButHealth() throws Exception {
    Access access = new Access(BearerToken.of(TOKEN), Optional.empty());
    try (WebServerPort http = http(access);
        GrpcServer grpc = grpc(access)) {
      for (String path : List.of("/livez", "/readyz", "/v2/health/live", "/v2/health/ready")) {
        assertEquals(200, status(http.port(), path, ""), path);
      }
      for (String path : List.of("/metrics", "/", "/v2", "/v2/models", "/nowhere")) {
        assertEquals(401, status(http.port(), path, ""), path);
        assertEquals(401, status(http.port(), path, "Authorization: Bearer no\r\n"), path);
      }
      assertEquals(200, status(http.port(), "/v2", "Authorization: Bearer " + TOKEN + "\r\n"));
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", grpc.port()).usePlaintext().build();
      try {
        assertTrue(isLive(channel));
        var stub = RecsysPredictorGrpc.newBlockingStub(channel);
        StatusRuntimeException refused =
            assertThrows(
                StatusRuntimeException.class,
                () -> stub.reloadModel(ReloadModelRequest.getDefaultInstance()));
        assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
        Metadata headers = new Metadata();
        headers.put(
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TOKEN);
        var allowed = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        assertEquals(
            "", allowed.reloadModel(ReloadModelRequest.getDefaultInstance()).getServingPrefix());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static int status(int port, String path, String headers) throws IOException {
    try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: h\r\n%sConnection: close\r\n\r\n"
                  .formatted(path, headers)
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }
}
