package dev.phoenix.serving.grpc;

import dev.phoenix.serving.BearerToken;
import inference.GRPCInferenceServiceGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import java.util.Objects;
import java.util.Set;

/**
 * Refuses calls without the users' token. Questions after health need none, because load balancers
 * and probes ask them. The admin token opens what the users' token does.
 */
final class TokenNeeded implements ServerInterceptor {
  private static final Set<String> HEALTH =
      Set.of(
          GRPCInferenceServiceGrpc.getServerLiveMethod().getFullMethodName(),
          GRPCInferenceServiceGrpc.getServerReadyMethod().getFullMethodName(),
          GRPCInferenceServiceGrpc.getModelReadyMethod().getFullMethodName());

  private final BearerToken users;
  private final BearerToken admin;

  TokenNeeded(BearerToken users, BearerToken admin) {
    this.users = users;
    this.admin = admin;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String shown = headers.get(Authorization.HEADER);
    String service = Objects.requireNonNull(call.getMethodDescriptor().getServiceName());
    if (!users.isOn()
        || users.suits(shown)
        || admin.suits(shown)
        || service.equals(HealthGrpc.SERVICE_NAME)
        || HEALTH.contains(call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription("expected the API token as a bearer token"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
