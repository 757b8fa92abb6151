package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.load.LoadPlan;
import dev.phoenix.load.LoadRun;
import dev.phoenix.load.Outcome;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import phoenix.v1.RecommenderGrpc;

/**
 * Swaps two different models under load, and loads corrupt checkpoints. Every answer is compared
 * with the expected one of the version that it names.
 */
final class Reloads {
  private static final int RATE = 25;
  private static final LoadPlan PLAN =
      new LoadPlan(RATE, RATE, Duration.ofSeconds(5), Duration.ZERO, Duration.ofSeconds(10), 42);

  /** Swaps before the measurement, while the JVM's heap and compiled code settle. */
  private final int settling;

  private final int swaps;
  private final int corruptions;

  Reloads(boolean quick) {
    this.settling = quick ? 6 : 20;
    this.swaps = quick ? 8 : 100;
    this.corruptions = quick ? 8 : 100;
  }

  Findings run(ServerWorkspace workspace) throws Exception {
    Path first = workspace.demo("first");
    replaceRanker(workspace.demo("second"));
    ServerProcess server = workspace.server("reloads", first);
    server.awaitReady();
    VersionedAnswers answers = new VersionedAnswers();
    try (PreparedTarget target =
        PreparedTarget.connect(
            server.address(),
            RecommenderGrpc.getRecommendMethod(),
            VersionedAnswers.requests(),
            answers)) {
      answers.learn(target);
      server.reload("second", "success");
      answers.learn(target);
      if (answers.areAlike()) {
        throw new IllegalStateException("both checkpoints answer alike: nothing would be shown");
      }
      swap(server, settling);
      server.reload(CorruptModel.make(workspace, 0), "failure");
      answers.askAll(target);
      ProcessMemory before = server.memory();
      List<Answered> swapping = underLoad(target, () -> swap(server, swaps));
      answers.askAll(target);
      ProcessMemory after = server.memory();
      List<Answered> failing = underLoad(target, () -> loadCorrupt(server, workspace));
      answers.askAll(target);
      ProcessMemory last = server.memory();
      return new Findings(
          "%d reloads and %d loads of corrupt checkpoints under %d feeds a second of the demo, heap of 512 MiB"
              .formatted(swaps, corruptions, RATE),
          figures(answers, List.of(swapping, failing), List.of(before, after, last)));
    }
  }

  private @Nullable Void loadCorrupt(ServerProcess server, ServerWorkspace workspace)
      throws Exception {
    for (int i = 0; i < corruptions; i++) {
      server.reload(CorruptModel.make(workspace, i), "failure");
    }
    return null;
  }

  private List<Figure> figures(
      VersionedAnswers answers, List<List<Answered>> loads, List<ProcessMemory> memory) {
    ProcessMemory before = memory.get(0);
    ProcessMemory after = memory.get(1);
    ProcessMemory last = memory.get(2);
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.of("requests during reloads", total(loads.get(0)), ""));
    figures.add(Figure.exactly("requests not answered during reloads", failed(loads.get(0)), 0));
    figures.add(Figure.of("requests during loads that failed", total(loads.get(1)), ""));
    figures.add(
        Figure.exactly("requests not answered during loads that failed", failed(loads.get(1)), 0));
    figures.add(
        Figure.exactly("answers that were not wholly of their version", answers.mixed(), 0));
    figures.add(Figure.of("resident before", before.resident() / ProcessMemory.MIB, "MiB"));
    figures.add(
        Figure.atMost(
            "growth of resident memory by reloads", after.residentGrowth(before), "%", 1));
    figures.add(
        Figure.atMost(
            "growth of resident memory by corrupt checkpoints",
            last.residentGrowth(after),
            "%",
            1));
    figures.addAll(last.moreThan(before));
    return figures;
  }

  private static int total(List<Answered> slices) {
    return slices.stream().mapToInt(Answered::total).sum();
  }

  private static int failed(List<Answered> slices) {
    return slices.stream().mapToInt(each -> each.total() - each.count(Outcome.GOOD)).sum();
  }

  /** Alternates the checkpoints; odd versions are the first checkpoint's. */
  private static Void swap(ServerProcess server, int swaps)
      throws IOException, InterruptedException {
    for (int i = 0; i < swaps; i++) {
      server.reload(i % 2 == 0 ? "first" : "second", "success");
    }
    return null;
  }

  /** Runs {@code work} under load; the load lasts as long as the work. */
  private static List<Answered> underLoad(PreparedTarget target, Callable<Void> work)
      throws Exception {
    List<Answered> slices = new ArrayList<>();
    try (ExecutorService worker = Executors.newSingleThreadExecutor()) {
      Future<Void> working = worker.submit(work);
      while (!working.isDone()) {
        slices.add(new Answered(LoadRun.of(PLAN, target, () -> {})));
      }
      working.get();
    }
    return slices;
  }

  /** Replaces the demo's ranker by another one of the same size. */
  private static void replaceRanker(Path artifacts) throws IOException {
    Path ranker = artifacts.resolve("ranker");
    TrainingConfig config = TrainingConfig.of(ModelConfig.read(ranker.resolve("config.json")));
    try (CpuGradientOps ops = CpuGradientOps.create(1);
        RankerTrainer other = RankerTrainer.init(ops, config, 7)) {
      other.export(artifacts.resolve("exported"));
    }
    for (String file : List.of("model_params.npz", "embedding_tables.npz")) {
      Files.move(
          artifacts.resolve("exported").resolve(file),
          ranker.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
