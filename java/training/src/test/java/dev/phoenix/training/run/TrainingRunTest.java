package dev.phoenix.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.ActionMetrics;
import dev.phoenix.evaluation.FullRanking;
import dev.phoenix.evaluation.RankMetrics;
import dev.phoenix.evaluation.RankerEvaluation;
import dev.phoenix.evaluation.RetrievalEvaluation;
import dev.phoenix.evaluation.VectorScorer;
import dev.phoenix.feature.Exclude;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.training.StepLog;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests small trainings from the data to the exported model. {@code DemoQualityTest} tests the
 * quality of the shipped checkpoint on the demo's larger dataset.
 */
final class TrainingRunTest {
  private static final Dataset WORLD =
      World.generate(new WorldSize(400, 64, 1000, 60, 14), 3).dataset();
  private static final List<String> EXPORTED =
      List.of("config.json", "model_params.npz", "embedding_tables.npz");

  @TempDir private Path folder;

  private static TrainingOptions options(long seed) {
    Optimisation optimisation =
        Optimisation.DEFAULT
            .withRates(3e-3, 0.2)
            .withSchedule(RateSchedule.constant(20))
            .withDropout(0.1);
    return new TrainingOptions(
        new ModelSize(32, 1, 2, 24, 16), Architecture.DEFAULT, optimisation, 32, seed);
  }

  private static final TrainingOptions RING_RECIPE =
      new TrainingOptions(
          new ModelSize(32, 1, 2, 8, 16),
          Architecture.DEFAULT,
          Optimisation.DEFAULT
              .withRates(3e-3, 0.2)
              .withSchedule(RateSchedule.constant(20))
              .withDropout(0),
          16,
          5);

  private static RetrievalTraining retrieval() {
    return new RetrievalTraining(
        WORLD, options(5), BatchSourceTest.choices(Tower.MEAN, UserPooling.MEAN));
  }

  /** Stops the training with an exception at a step, to simulate a kill. */
  private record Killer(long step) implements Progress {
    @Override
    public void begin(long steps, long made) {}

    @Override
    public void step(StepLog log, double samplesPerSecond) {
      if (log.step() == step) {
        throw new IllegalStateException("killed");
      }
    }

    @Override
    public void measured(long epoch, SequencedMap<String, Double> metrics) {}
  }

  private static final Progress NOBODY = new Killer(-1);

  @Test
  void theTowersFindTenTimesWhatPopularityFinds() {
    RunFolder run = new RunFolder(folder, "retrieval");
    RetrievalTraining fit = retrieval();
    try (GradientOps ops = CpuGradientOps.create(2)) {
      TrainingResult outcome = fit.train(ops, run, Start.NEW, new Schedule(8, 4, 9, 60), NOBODY);
      assertEquals(8, outcome.epochs());
    }
    RetrievalEvaluation evaluation =
        new RetrievalEvaluation(fit.split(), LeaveOneOut.Part.TEST, Exclude.SEEN);
    RankMetrics popularity = evaluation.baselines().firstEntry().getValue();
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 2);
        RetrievalModel model = RetrievalModel.load(ops, run.export());
        EmbeddingTables tables =
            EmbeddingTables.open(run.export().resolve("embedding_tables.npz"), model.config())) {
      RankMetrics found = evaluation.model(model, tables);
      double share = found.hitRate(50);
      assertTrue(
          share >= 10 * popularity.hitRate(50),
          share + " of held-out posts among 50, by popularity " + popularity.hitRate(50));
      double chance = 50.0 / WORLD.catalog().size();
      assertTrue(share > 5 * chance, share + " of held-out posts among 50, by chance " + chance);
      assertEquals(share, retrieved(model, tables, fit.split()), 0.5 / WORLD.users().size());
    }
  }

  /** The share of test events whose post is among the 50 that are found. */
  private static double retrieved(RetrievalModel model, EmbeddingTables tables, LeaveOneOut split) {
    LeaveOneOut.Part part = LeaveOneOut.Part.TEST;
    List<int[]> found =
        new FullRanking(split, Exclude.SEEN)
            .best(VectorScorer.of(model, tables, split, part), part, 50);
    int hits = 0;
    for (int i = 0; i < found.size(); i++) {
      int target = split.target(split.folds().get(i), part);
      hits += IntStream.of(found.get(i)).anyMatch(post -> post == target) ? 1 : 0;
    }
    return (double) hits / found.size();
  }

  /** A fifth of the demo's users, a fraction of its training: every action, if not as well. */
  @Test
  void aSmallRankerTellsEveryHeldOutActionApart() {
    RunFolder run = new RunFolder(folder, "ranker");
    try (GradientOps ops = CpuGradientOps.create(2)) {
      new RankerTraining(WORLD, options(5), RankerSampling.of(WORLD, 16))
          .train(ops, run, Start.NEW, new Schedule(10, 5, 9, 60), NOBODY);
    }
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 2);
        Ranker model = Ranker.load(ops, run.export());
        EmbeddingTables tables =
            EmbeddingTables.open(run.export().resolve("embedding_tables.npz"), model.config())) {
      SortedSet<Integer> trained = model.config().actions().trained().orElseThrow().actions();
      SequencedMap<Integer, ActionMetrics> found =
          new RankerEvaluation(TimeSplit.of(WORLD), LeaveOneOut.Part.TEST).model(model, tables);
      assertTrue(found.containsKey(Events.FAVORITE), found.keySet().toString());
      assertTrue(trained.containsAll(found.keySet()), trained + " of " + found.keySet());
      assertFalse(trained.contains(0), "an action that the world does not have");
      found.forEach(
          (action, metrics) ->
              assertTrue(metrics.auc() > 0.65, "action " + action + ": AUC " + metrics.auc()));
    }
  }

  @Test
  void aTrainingThatIsKilledEndsWithTheSameFiles() throws IOException {
    RunFolder whole = new RunFolder(folder.resolve("whole"), "retrieval");
    RunFolder killed = new RunFolder(folder.resolve("killed"), "retrieval");
    Schedule schedule = new Schedule(3, 1, 9, 60);
    try (GradientOps ops = CpuGradientOps.create(2)) {
      retrieval().train(ops, whole, Start.NEW, schedule, NOBODY);
      IllegalStateException end = null;
      try {
        retrieval().train(ops, killed, Start.NEW, schedule, new Killer(20));
      } catch (IllegalStateException expected) {
        end = expected;
      }
      assertTrue(end != null, "the training went past the step where it was to end");
      retrieval().train(ops, killed, Start.RESUME, schedule, NOBODY);
    }
    for (String name : EXPORTED) {
      Path file = whole.export().resolve(name);
      assertEquals(-1, Files.mismatch(file, killed.export().resolve(name)), name);
    }
    assertEquals(
        Files.readAllLines(whole.metrics()).stream()
            .filter(line -> line.contains("HR@10"))
            .toList(),
        Files.readAllLines(killed.metrics()).stream()
            .filter(line -> line.contains("HR@10"))
            .toList());
    assertTrue(Files.readString(killed.plot()).contains("<polyline"));
  }

  /** Users move around a ring of posts; the next post is one of the three after the last. */
  private static Dataset ring(int users, int posts) {
    Random random = new Random(4);
    List<UserEvents> all = new ArrayList<>();
    for (int user = 1; user <= users; user++) {
      int[] taken = new int[16];
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
    return new Dataset("ring", catalog, all);
  }

  @Test
  void aRankerOfSequencesLearnsWhatComesNext() throws IOException {
    RunFolder run = new RunFolder(folder, "ranker");
    Dataset ring = ring(150, 60);
    TrainingOptions options = RING_RECIPE;
    try (GradientOps ops = CpuGradientOps.create(2)) {
      TrainingResult outcome =
          new RankerTraining(ring, options, RankerSampling.of(ring, 16))
              .train(ops, run, Start.NEW, new Schedule(5, 5, 9, 60), NOBODY);
      assertTrue(outcome.best() > 0.9, "AUC on validation " + outcome.best());
      assertTrue(outcome.bestEpoch() > 0);
    }
    ModelConfig exported = ModelConfig.read(run.export().resolve("config.json"));
    assertEquals(
        Set.of(Events.FAVORITE),
        exported.actions().trained().orElseThrow().actions(),
        "sequences' action");
    assertTrue(exported.actions().trained().orElseThrow().continuous().isEmpty());
  }

  @Test
  void aRankerBesideTowersWeighsTheirScore() {
    Dataset ring = ring(60, 60);
    Schedule schedule = new Schedule(2, 2, 9, 60);
    RunFolder run = new RunFolder(folder, "ranker");
    try (GradientOps ops = CpuGradientOps.create(2)) {
      new RetrievalTraining(
              ring, RING_RECIPE, BatchSourceTest.choices(Tower.MEAN, UserPooling.LAST))
          .train(ops, new RunFolder(folder, "retrieval"), Start.NEW, schedule, NOBODY);
      new RankerTraining(ring, RING_RECIPE, RankerSampling.of(ring, 16))
          .train(ops, run, Start.NEW, schedule, NOBODY);
    }
    ModelConfig exported = ModelConfig.read(run.export().resolve("config.json"));
    assertTrue(
        exported.retrieval().retrievalWeight() > 0,
        "weight " + exported.retrieval().retrievalWeight());
  }

  /** Time is over in the first epoch: what is exported was measured all the same. */
  @Test
  void whatIsExportedWasMeasured() throws IOException {
    RunFolder run = new RunFolder(folder, "ranker");
    Dataset ring = ring(40, 30);
    try (GradientOps ops = CpuGradientOps.create(2)) {
      TrainingResult outcome =
          new RankerTraining(ring, RING_RECIPE, RankerSampling.of(ring, 16))
              .train(ops, run, Start.NEW, new Schedule(6, 6, 9, 1e-9), NOBODY);
      assertTrue(outcome.best() > 0 && outcome.best() < 1, "measured: " + outcome.best());
    }
    assertTrue(Files.isRegularFile(run.export().resolve("config.json")));
    assertTrue(Files.readString(run.metrics()).contains("AUC"));
  }
}
