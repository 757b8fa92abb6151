package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;

/**
 * Sends malformed requests over every protocol of a running server, then checks the server. Every
 * request that is answered with an internal error, or not at all, counts as a failure.
 */
final class MalformedRequests {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final int CHUNKS = 20;

  private final int requests;

  MalformedRequests(boolean quick) {
    this.requests = quick ? 20_000 : 1_000_000;
  }

  Findings run(ServerWorkspace workspace) throws Exception {
    ServerProcess server =
        workspace.server("malformed", workspace.demo("demo"), "--kept-history-mib", "0");
    server.awaitReady();
    try (PreparedTarget right =
        PreparedTarget.connect(
            server.address(),
            RecommenderGrpc.getRecommendMethod(),
            List.of(WireRequests.recommend().message()),
            PreparedTarget.AnswerCheck.NONE)) {
      RecommendResponse expected = answer(right);
      // The JVM's heap and compiled code settle during these requests.
      try (Wires settling = Wires.open(server, 1)) {
        settling.send(settling());
      }
      answer(right);
      ProcessMemory before = server.memory();
      List<Figure> figures = new ArrayList<>();
      int otherwise = 0;
      ProcessMemory half = before;
      try (Wires wires = Wires.open(server, 2)) {
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
          wires.send(requests / CHUNKS);
          otherwise += answer(right).equals(expected) ? 0 : 1;
          if (chunk == CHUNKS / 2 - 1) {
            half = server.memory();
          }
        }
        figures.addAll(wires.figures());
      }
      figures.add(Figure.exactly("right requests answered otherwise meanwhile", otherwise, 0));
      figures.add(Figure.exactly("errors in the server's log", server.logged("ERROR"), 0));
      figures.add(Figure.exactly("server alive after all", server.isAlive() ? 1 : 0, 1));
      figures.addAll(growth(before, half, server.memory()));
      return new Findings(
          "%,d malformed requests over gRPC and HTTP to the demo's server".formatted(requests),
          figures);
    }
  }

  private static List<Figure> growth(
      ProcessMemory before, ProcessMemory half, ProcessMemory after) {
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.of("resident before", before.resident() / ProcessMemory.MIB, "MiB"));
    figures.add(Figure.of("growth of resident memory", after.residentGrowth(before), "%"));
    // Allocators and compiled code settle once; a leak grows with every request.
    figures.add(
        Figure.atMost("growth in the second half of them", after.residentGrowth(half), "%", 1));
    figures.addAll(after.moreThan(before));
    return figures;
  }

  private int settling() {
    return Math.max(requests / 10, 10_000);
  }

  private static RecommendResponse answer(PreparedTarget target) throws Exception {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    target.ask(0, PATIENCE, (_, bytes) -> answer.complete(bytes));
    return RecommendResponse.parseFrom(answer.get()).toBuilder().clearTiming().build();
  }
}
