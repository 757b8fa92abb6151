package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The shutdown of an instance, in seconds from the signal.
 *
 * @param notReady time until it reported that it was not ready
 * @param served time until its last answer
 * @param gone time until the process had ended
 * @param code exit code
 */
record Shutdown(double notReady, double served, double gone, int code) {
  private static final double NANOS = 1e9;

  /** Sends SIGTERM, and requests feeds until the process ends. */
  static Shutdown of(ServerProcess server, byte[] body) throws Exception {
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      long signalled = System.nanoTime();
      server.signal();
      while (server.isReady()) {
        Thread.onSpinWait();
      }
      double notReady = since(signalled);
      Future<Double> served = thread.submit(() -> lastAnswer(server, body, signalled));
      int code = server.awaitExit();
      double gone = since(signalled);
      return new Shutdown(notReady, served.get(), gone, code);
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / NANOS;
  }

  private static double lastAnswer(ServerProcess server, byte[] body, long signalled)
      throws InterruptedException {
    double last = 0;
    try {
      while (server.recommend(body).statusCode() == 200) {
        last = since(signalled);
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (IOException gone) {
      return last;
    }
    return last;
  }

  List<Figure> figures(String name) {
    return List.of(
        Figure.atMost(name + ": SIGTERM to not ready", 1000 * notReady, "ms", 100),
        Figure.atLeast(name + ": served on after it", served, "s", 5),
        Figure.atMost(name + ": drained and gone after", gone, "s", 30),
        Figure.exactly(name + ": exit code", code, 0));
  }
}
