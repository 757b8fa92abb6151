package dev.phoenix.serving.http;

import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.web.CallerGoneException;
import dev.phoenix.serving.web.ServerRequest;
import dev.phoenix.serving.web.ServerResponse;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Shared parts of handlers: bounded bodies, calls of the engine, and error responses. */
final class Answers {
  /** The time before a connection is watched; most answers take less. */
  private static final Duration UNWATCHED = Duration.ofMillis(10);

  private static final System.Logger LOG = System.getLogger(Answers.class.getName());

  private final ServingEngine engine;
  private final Bodies bodies;
  private final Count count;
  private final PrometheusMetrics metrics;

  /** Counts a request that failed. */
  private interface Count {
    void refused(Reason reason, long nanos);
  }

  private Answers(ServingEngine engine, Bodies bodies, Count count) {
    this.engine = engine;
    this.bodies = bodies;
    this.count = count;
    this.metrics = PrometheusMetrics.of(engine);
  }

  /** For inference requests, whose outcomes are counted. */
  static Answers ofInference(ServingEngine engine, Bodies bodies) {
    return new Answers(
        engine,
        bodies,
        (reason, nanos) -> {
          engine.metrics().rejected(reason);
          engine.metrics().answered(grpcName(reason), nanos);
        });
  }

  /** For administrative requests, which inference metrics do not count. */
  static Answers ofAdministration(ServingEngine engine, Bodies bodies) {
    return new Answers(engine, bodies, (_, _) -> {});
  }

  /**
   * Refuses a request that the engine would reject, before its body is read.
   *
   * @param deadlineNanos its deadline, on the clock of {@link System#nanoTime}
   */
  void admit(ServerRequest request, long deadlineNanos) {
    Rejection refusal = engine.refusal(deadlineNanos, peer(request));
    if (refusal != null) {
      throw refusal;
    }
  }

  /** Who asks: the address of the connection, without its port. */
  private static String peer(ServerRequest request) {
    return request.peer().getHostAddress();
  }

  /** Reads and decodes a request's body; the result must not refer to the bytes. */
  <T> T read(ServerRequest request, ServerResponse response, Function<byte[], T> decoder) {
    return bodies.read(request, response, decoder);
  }

  /** The body of an error. */
  static byte[] error(String message) {
    return Json.bytes(
        json -> json.writeStartObject().writeStringProperty("error", message).writeEndObject());
  }

  /** Sends JSON. */
  static void json(ServerResponse response, byte[] body) {
    response.header("Content-Type", "application/json");
    response.send(body);
  }

  /** Sends a response body, compressed if the caller accepts it. */
  static void send(ServerRequest request, ServerResponse response, byte[] body) {
    String accepted = String.join(",", request.headers("Accept-Encoding"));
    ContentCoding coding = ContentCoding.best(accepted, body.length);
    response.header("Vary", "Accept-Encoding");
    if (coding != ContentCoding.IDENTITY) {
      response.header("Content-Encoding", coding.label());
    }
    response.send(coding.encode(body));
  }

  /**
   * Waits for the engine's response, counts it, and encodes it. If the caller disconnects
   * meanwhile, the request is cancelled.
   */
  byte[] await(
      ServerRequest http,
      ServingRequest request,
      long begin,
      Function<ServingResponse, byte[]> encoder) {
    Bodies.hold(request.bytes());
    PendingRequest pending = engine.submit(List.of(request), peer(http)).getFirst();
    TracedRequests.asks(pending);
    try {
      ServingResponse answer = await(pending);
      byte[] body = codec(() -> encoder.apply(answer));
      engine.metrics().answered("OK", System.nanoTime() - begin);
      return body;
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof Rejection rejection ? rejection : failed;
    }
  }

  private static ServingResponse await(PendingRequest pending) {
    try {
      return pending.answer().get(UNWATCHED.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      ServerRequest.onCallerGone(pending::cancel);
    } catch (ExecutionException failed) {
      throw new CompletionException(failed.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      pending.cancel();
    }
    return pending.answer().join();
  }

  /** Runs {@code work}, which decodes or encodes a body, and records its time. */
  <T> T codec(Supplier<T> work) {
    long begin = System.nanoTime();
    try {
      return work.get();
    } finally {
      metrics.codec(System.nanoTime() - begin);
    }
  }

  /** Runs {@code handler}, which computes nothing: a refusal is answered and not counted. */
  void tell(ServerResponse response, Runnable handler) {
    try {
      bodies.holding(handler);
    } catch (Rejection refused) {
      response.status(status(refused.reason()));
      json(response, error(String.valueOf(refused.getMessage())));
    }
  }

  /** Runs {@code handler}; a failure becomes a status and one line of JSON. */
  void handle(ServerResponse response, Runnable handler) {
    long begin = System.nanoTime();
    try {
      bodies.holding(handler);
    } catch (Rejection refused) {
      refuse(response, refused, begin);
    } catch (CallerGoneException gone) {
      // A response that was sent, even in part, is already counted.
      if (!response.isSent()) {
        count.refused(Reason.CANCELLED, System.nanoTime() - begin);
      }
      throw gone;
    } catch (RuntimeException | Error failed) {
      LOG.log(Level.ERROR, "an HTTP request failed", failed);
      if (response.isSent()) {
        throw failed;
      }
      refuse(response, new Rejection(Reason.FAILED, "internal error"), begin);
    }
  }

  private void refuse(ServerResponse response, Rejection refused, long begin) {
    count.refused(refused.reason(), System.nanoTime() - begin);
    response.status(status(refused.reason()));
    json(response, error(String.valueOf(refused.getMessage())));
  }

  private static int status(Reason reason) {
    return switch (reason) {
      case LOADING, DRAINING, UNAVAILABLE -> 503;
      case QUEUE_FULL, IN_FLIGHT_CAP, PREDICTED_LATE -> 429;
      case EXPIRED -> 504;
      case CANCELLED -> 499;
      case INVALID -> 400;
      case NOT_FOUND -> 404;
      case NOT_FINITE, FAILED -> 500;
    };
  }

  /** The gRPC status name of a reason; metrics use these names for HTTP too. */
  private static String grpcName(Reason reason) {
    return switch (reason) {
      case LOADING, DRAINING, UNAVAILABLE -> "UNAVAILABLE";
      case QUEUE_FULL, IN_FLIGHT_CAP, PREDICTED_LATE -> "RESOURCE_EXHAUSTED";
      case EXPIRED -> "DEADLINE_EXCEEDED";
      case CANCELLED -> "CANCELLED";
      case INVALID -> "INVALID_ARGUMENT";
      case NOT_FOUND -> "NOT_FOUND";
      case NOT_FINITE, FAILED -> "INTERNAL";
    };
  }
}
