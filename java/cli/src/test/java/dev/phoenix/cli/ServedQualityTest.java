package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.RankMetrics;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.server.Setting;
import dev.phoenix.training.StepLog;
import dev.phoenix.training.run.Architecture;
import dev.phoenix.training.run.ModelSize;
import dev.phoenix.training.run.Negatives;
import dev.phoenix.training.run.Optimisation;
import dev.phoenix.training.run.Progress;
import dev.phoenix.training.run.RankerSampling;
import dev.phoenix.training.run.RankerTraining;
import dev.phoenix.training.run.RateSchedule;
import dev.phoenix.training.run.RetrievalTraining;
import dev.phoenix.training.run.RunFolder;
import dev.phoenix.training.run.Schedule;
import dev.phoenix.training.run.Start;
import dev.phoenix.training.run.Temperature;
import dev.phoenix.training.run.Tower;
import dev.phoenix.training.run.TrainingOptions;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Served feeds have the quality that the evaluation measures. The test trains both models, requests
 * feeds from a server over HTTP and gRPC with whole histories, longer than S, and compares their
 * metrics with the evaluation.
 */
@Timeout(600)
final class ServedQualityTest {
  private static final LeaveOneOut.Part TEST = LeaveOneOut.Part.TEST;

  /** The history length S of the model. */
  private static final int HISTORY = 8;

  private static final int TOP_K = 100;

  @TempDir private Path folder;

  private record Nobody() implements Progress {
    @Override
    public void begin(long steps, long made) {}

    @Override
    public void step(StepLog log, double samplesPerSecond) {}

    @Override
    public void measured(long epoch, SequencedMap<String, Double> metrics) {}
  }

  private static TrainingOptions options() {
    Optimisation optimisation =
        Optimisation.DEFAULT
            .withRates(3e-3, 0.2)
            .withSchedule(RateSchedule.constant(20))
            .withDropout(0.1);
    return new TrainingOptions(
        new ModelSize(32, 1, 2, HISTORY, 16), Architecture.DEFAULT, optimisation, 16, 5);
  }

  /**
   * The epochs of both trainings.
   *
   * @param retrieval the epochs of the towers
   * @param ranker the epochs of the ranker
   */
  private record Epochs(int retrieval, int ranker) {}

  private Artifacts train(Dataset dataset, UserPooling pooling, Epochs epochs) {
    RetrievalTraining.Choices choices =
        new RetrievalTraining.Choices(
            RetrievalTraining.Representation.of(Tower.MEAN, pooling),
            new Temperature(0.07, Temperature.Kind.LEARNED),
            new Negatives.Sampled(64, 0, Negatives.InBatch.LOG_Q),
            TEST);
    RetrievalTraining retrieval = new RetrievalTraining(dataset, options(), choices);
    RunFolder towers = new RunFolder(folder, "retrieval");
    try (GradientOps ops = CpuGradientOps.create(1)) {
      retrieval.train(ops, towers, Start.NEW, schedule(epochs.retrieval()), new Nobody());
      new RankerTraining(dataset, options(), RankerSampling.of(dataset, 16))
          .train(
              ops,
              new RunFolder(folder, "ranker"),
              Start.NEW,
              schedule(epochs.ranker()),
              new Nobody());
    }
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 1)) {
      retrieval.exportCorpus(ops, towers, List.of(), 0);
    }
    return new Artifacts(folder);
  }

  private static Schedule schedule(int epochs) {
    return new Schedule(epochs, epochs, 9, 60);
  }

  /** The metrics of the evaluation and of the server; fails if a feed has a post of its history. */
  private static SequencedMap<String, RankMetrics> measure(Dataset dataset, Artifacts artifacts) {
    LeaveOneOut split = LeaveOneOut.of(dataset);
    long longer = split.folds().stream().filter(fold -> fold.target(TEST) > HISTORY).count();
    assertTrue(
        longer > split.folds().size() / 2, longer + " histories are longer than the model reads");
    ServedQuality quality = new ServedQuality(split, TEST);
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 1)) {
      quality.evaluate(ops, artifacts);
    }
    Map<Setting, String> settings = ServedQuality.settings(artifacts);
    settings.put(Setting.BACKEND, "cpu");
    settings.put(Setting.THREADS, "1");
    quality.serve(settings, TOP_K);
    return quality.rows();
  }

  private static void assertRetrievedAsMeasured(SequencedMap<String, RankMetrics> rows) {
    double evaluated = hits(rows, ServedQuality.EVALUATED);
    for (ServedFeeds.Protocol protocol : ServedFeeds.Protocol.values()) {
      double retrieved = hits(rows, ServedQuality.row("retrieval", protocol));
      assertEquals(evaluated, retrieved, 0.02, "HR@10 of retrieval over " + protocol);
    }
  }

  private static void assertFeedKeepsWhatWasRetrieved(SequencedMap<String, RankMetrics> rows) {
    for (ServedFeeds.Protocol protocol : ServedFeeds.Protocol.values()) {
      double retrieved = hits(rows, ServedQuality.row("retrieval", protocol));
      double shown = hits(rows, ServedQuality.row("feed", protocol));
      assertTrue(
          shown >= 0.9 * retrieved,
          "over %s the feed has HR@10 %.4f, retrieval %.4f".formatted(protocol, shown, retrieved));
    }
  }

  private static double hits(SequencedMap<String, RankMetrics> rows, String name) {
    return Objects.requireNonNull(rows.get(name), name).hitRate(10);
  }

  @Test
  void onARing() {
    Dataset ring = ring(120, 200);
    SequencedMap<String, RankMetrics> rows =
        measure(ring, train(ring, UserPooling.LAST, new Epochs(12, 12)));
    double evaluated = hits(rows, ServedQuality.EVALUATED);
    assertTrue(evaluated > 0.5, "HR@10 " + evaluated);
    assertRetrievedAsMeasured(rows);
    assertFeedKeepsWhatWasRetrieved(rows);
  }

  @Test
  void onAWorld() {
    Dataset world = World.generate(new WorldSize(250, 64, 600, 60, 14), 3).dataset();
    SequencedMap<String, RankMetrics> rows =
        measure(world, train(world, UserPooling.MEAN, new Epochs(6, 6)));
    double evaluated = hits(rows, ServedQuality.EVALUATED);
    double chance = 10.0 / world.catalog().size();
    assertTrue(evaluated > 2 * chance, "HR@10 " + evaluated + ", by chance " + chance);
    assertRetrievedAsMeasured(rows);
    assertFeedKeepsWhatWasRetrieved(rows);
  }

  /** Users walk around a ring of posts; the next post is one of the three after the last. */
  private static Dataset ring(int users, int posts) {
    Random random = new Random(4);
    List<UserEvents> all = new ArrayList<>();
    for (int user = 1; user <= users; user++) {
      int[] taken = new int[25];
      int at = random.nextInt(posts);
      for (int i = 0; i < taken.length; i++) {
        taken[i] = at;
        at = (at + 1 + random.nextInt(3)) % posts;
      }
      all.add(new UserEvents(user, Events.of(taken, Events.FAVORITE)));
    }
    Catalog catalog =
        new Catalog(
            LongStream.rangeClosed(1, posts).toArray(),
            new long[posts],
            new long[0],
            List.of(),
            List.of());
    return new Dataset("ring", catalog, Collections.unmodifiableList(all));
  }
}
