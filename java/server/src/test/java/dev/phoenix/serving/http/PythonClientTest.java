package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The example for Python clients, run against a server. */
class PythonClientTest {
  private static final Path EXAMPLE = RepositoryFiles.path("java/examples/recommend.py");

  private static boolean hasPython() throws InterruptedException {
    try {
      Process python =
          new ProcessBuilder("python3", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return python.waitFor(30, TimeUnit.SECONDS) && python.exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }

  /** The history that the example sends. */
  private static UserHistory user() {
    TreeMap<Integer, Float> liked = new TreeMap<>();
    liked.put(1, 1f);
    return UserHistory.of(
        new UserSequence(
            7, List.of(new Engagement(101, 11, liked), new Engagement(102, 12, liked))));
  }

  @Test
  void printsTheFeed() throws Exception {
    assumeTrue(hasPython(), "skipped: there is no python3 on the path");
    try (ServingEngine engine = Demo.engine(Demo.options(4, 0), new PrometheusMetrics())) {
      engine.load(Demo.ARTIFACTS);
      ServingResponse feed =
          engine.submit(Demo.patient(user(), new Task.Recommend(10))).answer().join();
      WebServerPort.Context context =
          new WebServerPort.Context(
              engine, FeedPolicy.DEFAULT, new UserSequence(1, List.of()), () -> true);
      try (WebServerPort port = WebServerPort.start(Endpoint.loopback(0), context)) {
        assertEquals(postIds(feed), run("http://127.0.0.1:" + port.port()));
      }
    }
  }

  private static List<String> postIds(ServingResponse feed) {
    Ranking ranking = FeedPolicy.DEFAULT.rank(feed);
    return IntStream.range(0, ranking.count())
        .mapToObj(place -> feed.posts().postIds()[ranking.candidate(place)])
        .map(Long::toUnsignedString)
        .toList();
  }

  private static List<String> run(String server) throws Exception {
    Process python =
        new ProcessBuilder("python3", EXAMPLE.toString(), server).redirectErrorStream(true).start();
    String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(python.waitFor(60, TimeUnit.SECONDS), out);
    assertEquals(0, python.exitValue(), out);
    List<String> ids = new ArrayList<>();
    out.lines().forEach(line -> ids.add(line.split(" ", 2)[0]));
    return ids;
  }
}
