package dev.phoenix.cli;

import dev.phoenix.fit.ModelSize;
import dev.phoenix.fit.Recipe;
import dev.phoenix.fit.RunFolder;
import dev.phoenix.fit.Schedule;
import dev.phoenix.fit.Start;
import dev.phoenix.ops.GradientOps;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What both trainings have to choose. */
final class TrainOptions {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder for the model in the published layout, and in training/ the checkpoint, metrics"
              + " and plot.")
  private Path out = Path.of("");

  @Option(
      names = "--resume",
      description = "Go on from the checkpoint in DIR, as if it had never been interrupted.")
  private boolean resume;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "40",
      description = "Epochs at most (default: ${DEFAULT-VALUE}).")
  private long epochs;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "60",
      description = "Minutes at most (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--exam-every",
      paramLabel = "N",
      defaultValue = "2",
      description = "Epochs between measurements on held-out events (default: ${DEFAULT-VALUE}).")
  private int examEvery;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measurements without a better one before it ends (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      defaultValue = "64",
      description = "Width of the model (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "2",
      description = "Transformer layers (default: ${DEFAULT-VALUE}).")
  private int layers;

  @Option(
      names = "--heads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Attention heads (default: ${DEFAULT-VALUE}).")
  private int heads;

  @Option(
      names = "--history",
      paramLabel = "S",
      defaultValue = "50",
      description = "History posts that the model sees, the last ones (default: ${DEFAULT-VALUE}).")
  private int history;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      defaultValue = "0.001",
      description = "Of the dense parameters, AdamW (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--embedding-rate",
      paramLabel = "X",
      defaultValue = "0.2",
      description = "Of the embedding rows, row-wise AdaGrad (default: ${DEFAULT-VALUE}).")
  private double embeddingRate;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      defaultValue = "0.0001",
      description = "Of the dense parameters (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      defaultValue = "0.2",
      description = "Share of elements dropped (default: ${DEFAULT-VALUE}).")
  private double dropout;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "256",
      description = "Users a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Random seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private PlaceOptions place = new PlaceOptions();

  private static final int WARMUP_STEPS = 100;

  TrainOptions() {}

  /** A recipe with what the model's own command chooses. */
  Recipe recipe(int candidates) {
    return new Recipe(
        new ModelSize(dimension, layers, heads, history, candidates),
        learningRate,
        embeddingRate,
        weightDecay,
        dropout,
        WARMUP_STEPS,
        batch,
        seed);
  }

  Schedule schedule() {
    return new Schedule(epochs, examEvery, patience, minutes);
  }

  RunFolder folder(String model) {
    return new RunFolder(out, model);
  }

  Start start() {
    return resume ? Start.RESUME : Start.NEW;
  }

  GradientOps open() {
    return place.openTraining();
  }
}
