package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.load.Outcome;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** Sends malformed requests to all gRPC methods and HTTP paths of a server. */
final class Wires implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The maximum number of requests in flight, for gRPC and for HTTP separately. */
  private static final int IN_FLIGHT = 64;

  /** One in so many requests uses HTTP, whose client is slower. */
  private static final int HTTP_EVERY = 4;

  private final ServerProcess server;
  private final Mutator mutator;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<WireRequests.Rpc> rpcs = WireRequests.rpcs();
  private final List<WireRequests.Body> bodies = WireRequests.bodies();
  private final List<PreparedTarget> targets = new ArrayList<>();
  private final Semaphore overGrpc = new Semaphore(IN_FLIGHT);
  private final Semaphore overHttp = new Semaphore(IN_FLIGHT);
  private final LongAdder sent = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder taken = new LongAdder();
  private final LongAdder broken = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private int number;

  private Wires(ServerProcess server, long seed) {
    this.server = server;
    this.mutator = new Mutator(seed);
    for (WireRequests.Rpc rpc : rpcs) {
      targets.add(
          PreparedTarget.connect(
              server.address(),
              rpc.method(),
              List.of(rpc.message()),
              PreparedTarget.AnswerCheck.NONE));
    }
  }

  /** Connects to {@code server}; {@code seed} selects the mutations. */
  static Wires open(ServerProcess server, long seed) {
    return new Wires(server, seed);
  }

  /** Sends {@code count} requests and waits for the end of all. */
  void send(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      sent.increment();
      number++;
      if (number % HTTP_EVERY == 0) {
        post(bodies.get(number / HTTP_EVERY % bodies.size()));
      } else {
        call(number % rpcs.size());
      }
    }
    overGrpc.acquire(IN_FLIGHT);
    overHttp.acquire(IN_FLIGHT);
    overGrpc.release(IN_FLIGHT);
    overHttp.release(IN_FLIGHT);
  }

  private void call(int rpc) throws InterruptedException {
    overGrpc.acquire();
    byte[] message = mutator.next(rpcs.get(rpc).message());
    targets
        .get(rpc)
        .send(
            number,
            message,
            PATIENCE.toNanos(),
            (outcome, _) -> {
              count(outcome);
              overGrpc.release();
            });
  }

  private void count(Outcome outcome) {
    switch (outcome) {
      case GOOD -> taken.increment();
      case INVALID, REJECTED -> refused.increment();
      case LATE, LOST -> unanswered.increment();
      case UNAVAILABLE, FAILED -> broken.increment();
    }
  }

  private void post(WireRequests.Body body) throws InterruptedException {
    overHttp.acquire();
    HttpRequest request =
        HttpRequest.newBuilder(server.uri(body.path()))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(mutator.next(body.body())))
            .build();
    var _ =
        http.sendAsync(request, BodyHandlers.discarding())
            .whenComplete(
                (response, failed) -> {
                  if (response == null) {
                    unanswered.increment();
                  } else {
                    count(response.statusCode());
                  }
                  overHttp.release();
                });
  }

  private void count(int status) {
    if (status == 200) {
      taken.increment();
    } else if (status == 504) {
      // A mutation may set a deadline of a millisecond.
      refused.increment();
    } else if (status >= 500) {
      broken.increment();
    } else {
      refused.increment();
    }
  }

  /** The outcomes of the requests. */
  List<Figure> figures() {
    return List.of(
        Figure.of("malformed requests", sent.doubleValue(), ""),
        Figure.of("malformed requests refused as such", refused.doubleValue(), ""),
        Figure.of("right in spite of it, and answered", taken.doubleValue(), ""),
        Figure.exactly("answered with an internal error", broken.sum(), 0),
        Figure.exactly("not answered within 10 s", unanswered.sum(), 0));
  }

  @Override
  public void close() {
    targets.forEach(PreparedTarget::close);
    http.close();
  }
}
