package dev.phoenix.bench.serving;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A name resolver that resolves one name to several servers. */
final class Instances extends NameResolverProvider {
  private static final String SCHEME = "instances";

  private final List<EquivalentAddressGroup> addresses;

  private Instances(List<ServerProcess> servers) {
    this.addresses =
        servers.stream()
            .map(
                server ->
                    new EquivalentAddressGroup(
                        new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), server.ports().grpc())))
            .toList();
  }

  /** A channel that spreads calls over those of {@code servers} that report ready. */
  static ManagedChannel channel(List<ServerProcess> servers) {
    NameResolverRegistry.getDefaultRegistry().register(new Instances(servers));
    return Grpc.newChannelBuilder(SCHEME + ":///all", InsecureChannelCredentials.create())
        .defaultLoadBalancingPolicy("round_robin")
        .defaultServiceConfig(Map.of("healthCheckConfig", Map.of("serviceName", "")))
        .build();
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
    return new NameResolver() {
      @Override
      public String getServiceAuthority() {
        return "all";
      }

      @Override
      public void start(Listener2 listener) {
        listener.onResult2(
            ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(addresses))
                .build());
      }

      @Override
      public void shutdown() {
        // Holds no resources.
      }
    };
  }
}
