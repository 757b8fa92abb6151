package dev.phoenix.serving.grpc;

import dev.phoenix.serving.tls.TlsIdentity;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.UncheckedIOException;
import javax.net.ssl.SSLException;

/** TLS of gRPC connections. */
final class GrpcTls {
  private GrpcTls() {}

  static SslContext of(TlsIdentity tls) {
    SslContextBuilder builder = SslContextBuilder.forServer(tls.keyManager());
    tls.clients()
        .ifPresent(clients -> builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE));
    try {
      // The JDK's TLS asks the key manager in each handshake, so that a new certificate serves.
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new UncheckedIOException("this JDK cannot serve TLS", e);
    }
  }
}
