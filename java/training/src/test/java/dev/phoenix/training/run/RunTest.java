package dev.phoenix.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.EmbeddingTablesWriter;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.evaluation.ExportCheck;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.StepLog;
import dev.phoenix.training.TrainingConfig;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests failing runs, which must end with a reason and export nothing broken. */
class RunTest {
  private static final Dataset WORLD =
      World.generate(new WorldSize(30, 16, 60, 20, 8), 1).dataset();
  private static final TrainingOptions SMALL =
      new TrainingOptions(
          new ModelSize(16, 1, 2, 8, 4), Architecture.DEFAULT, Optimisation.DEFAULT, 4, 1);

  @TempDir private Path folder;

  private static RetrievalTraining retrieval() {
    return new RetrievalTraining(
        WORLD, SMALL, BatchSourceTest.choices(Tower.MEAN, UserPooling.MEAN));
  }

  private RunFolder export(String name) {
    RunFolder run = new RunFolder(folder.resolve(name), "retrieval");
    try (GradientOps ops = CpuGradientOps.create(1)) {
      retrieval().train(ops, run, Start.NEW, new Schedule(1, 1, 1, 60), new Silence());
    }
    return run;
  }

  private record Silence() implements Progress {
    @Override
    public void begin(long steps, long made) {}

    @Override
    public void step(StepLog log, double samplesPerSecond) {}

    @Override
    public void measured(long epoch, SequencedMap<String, Double> metrics) {}
  }

  private static final Validation NOTHING =
      new Validation() {
        @Override
        public SequencedMap<String, Double> measure() {
          return new LinkedHashMap<>(java.util.Map.of("nothing", 0.0));
        }

        @Override
        public List<String> names() {
          return List.of("nothing");
        }
      };

  /** Every batch has a non-finite label, so every step is skipped. */
  @Test
  void aLossThatStaysNotFiniteEndsTheRunAndExportsNothing() {
    RunFolder run = new RunFolder(folder, "ranker");
    run.prepare();
    ModelConfig model =
        ModelPlan.ranker(WORLD, SMALL, new TrainedOutputs(new TreeSet<>(), new TreeSet<>()));
    TrainingConfig config = TrainingConfig.of(model);
    RankerBatch broken = broken(model);
    BatchSource<RankerBatch> source =
        new BatchSource<>() {
          @Override
          public int steps() {
            return 1000;
          }

          @Override
          public RankerBatch batch(long epoch, int index) {
            return broken;
          }
        };
    try (GradientOps ops = CpuGradientOps.create(1);
        RankerTrainer trainer = RankerTrainer.init(ops, config, 1)) {
      Run<RankerBatch> training =
          new Run<>(
              trainer,
              source,
              NOTHING,
              new Run.Place(run, exported -> {}, () -> {}),
              new Schedule(9, 1, 1, 60));
      TrainingException end =
          assertThrows(TrainingException.class, () -> training.train(new Silence(), batch -> 1));
      assertTrue(
          String.valueOf(end.getMessage()).contains("not finite in 25 steps in a row"),
          end.getMessage());
      assertEquals(25, trainer.step());
    }
    assertFalse(Files.exists(run.export()), "nothing is exported");
  }

  private static RankerBatch broken(ModelConfig model) {
    PostTable table = new PostTable(model, WORLD.catalog());
    HistoryRows histories = new HistoryRows(table);
    histories.add(1, WORLD.users().getFirst().events(), new int[] {0, 1}, HistoryRows.Detail.FULL);
    float[] targets = new float[model.actions().numActions()];
    Arrays.fill(targets, Float.POSITIVE_INFINITY);
    return new RankerBatch(
        histories.batch(),
        new dev.phoenix.training.CandidateBatch(
            new int[] {0, 1}, table.rows(new int[] {3}), new int[1], new int[1]),
        targets,
        new boolean[1],
        new float[1]);
  }

  @Test
  void anExportThatCannotScoreKeepsTheFormerOne() throws IOException {
    RunFolder run = export("run");
    byte[] former = Files.readAllBytes(run.export().resolve("embedding_tables.npz"));
    RunFolder other = export("other");
    ModelConfig config = ModelConfig.read(other.export().resolve("config.json"));
    EmbeddingTablesWriter.write(
        other.export().resolve("embedding_tables.npz"),
        config.vocabulary().orElseThrow(),
        config.embSize(),
        (row, count, to) -> Arrays.fill(to, 0, count * config.embSize(), Float.NaN));
    try (GradientOps ops = CpuGradientOps.create(1)) {
      CheckpointException refused =
          assertThrows(
              CheckpointException.class,
              () ->
                  run.replaceExport(
                      begun -> {
                        copy(other.export(), begun);
                        ExportCheck.retrieval(ops, begun, WORLD);
                      }));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("expected finite"), refused.getMessage());
    }
    assertEquals(
        -1,
        Arrays.mismatch(former, Files.readAllBytes(run.export().resolve("embedding_tables.npz"))));
  }

  private static void copy(Path from, Path to) {
    try {
      for (String name : List.of("config.json", "model_params.npz", "embedding_tables.npz")) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
