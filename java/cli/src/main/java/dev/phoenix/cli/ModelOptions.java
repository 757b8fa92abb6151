package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.fit.ModelSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How large the model of a training is. */
final class ModelOptions {
  @Option(
      names = "--dimension",
      paramLabel = "D",
      description = "Width of the model (default: 64).")
  private @Nullable Integer dimension;

  @Option(names = "--layers", paramLabel = "N", description = "Transformer layers (default: 2).")
  private @Nullable Integer layers;

  @Option(names = "--heads", paramLabel = "N", description = "Attention heads (default: 2).")
  private @Nullable Integer heads;

  @Option(
      names = "--history",
      paramLabel = "S",
      description = "History posts that the model sees, the last ones (default: 50).")
  private @Nullable Integer history;

  ModelOptions() {}

  /** The size, with {@code candidates} where neither option nor file has them. */
  ModelSize resolve(TrainingSettings settings, Setting<Integer> candidates, int otherwise) {
    settings.alias("num_q_heads", "num_heads");
    Setting<Integer> heads = new Setting<>("--heads", "num_heads", this.heads);
    int width =
        settings.integer(
            new Setting<>("--dimension", "emb_size", dimension), ModelSize.DIMENSIONS, 64);
    int attentionHeads = settings.integer(heads, ModelSize.COUNTS, 2);
    ModelSize.requireHeads(settings.name(heads), width, attentionHeads);
    return new ModelSize(
        width,
        settings.integer(new Setting<>("--layers", "num_layers", layers), ModelSize.COUNTS, 2),
        attentionHeads,
        settings.integer(
            new Setting<>("--history", "history_seq_len", history), ModelSize.LENGTHS, 50),
        settings.integer(candidates, ModelSize.LENGTHS, otherwise));
  }
}
