package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.training.NumberRange;
import dev.phoenix.training.run.Architecture;
import dev.phoenix.training.run.Architecture.Attention;
import dev.phoenix.training.run.Architecture.DwellScale;
import dev.phoenix.training.run.Architecture.HashCounts;
import dev.phoenix.training.run.Architecture.PositionAnchor;
import dev.phoenix.training.run.ModelSize;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the size of a trained model. */
final class ModelOptions {
  private static final Setting<Integer> KEY_SIZE = Setting.ofFile("key_size");

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
      description = "Posts of a history that the model reads, the last ones (default: 50).")
  private @Nullable Integer history;

  ModelOptions() {}

  /** The part of a model that only a configuration file can set. */
  Architecture architecture(TrainingSettings settings, int queryHeads) {
    Architecture usual = Architecture.DEFAULT;
    double normScale =
        settings.number(
            Setting.ofFile("norm_scale"), DwellScale.NORM_SCALES, usual.dwell().normScale());
    boolean log = settings.flag(Setting.ofFile("use_log"));
    Setting<Boolean> anchored = Setting.ofFile("right_anchored_rope");
    boolean right = settings.flag(anchored);
    return new Architecture(
        attention(settings, queryHeads),
        new HashCounts(
            hashes(settings, "num_user_hashes"),
            hashes(settings, "num_item_hashes"),
            hashes(settings, "num_author_hashes")),
        new DwellScale(normScale, log ? DwellScale.Kind.LOG : DwellScale.Kind.LINEAR),
        settings.number(
            Setting.ofFile("widening_factor"),
            Architecture.WIDENING_FACTORS,
            usual.wideningFactor()),
        settings.has(anchored)
            ? Optional.of(right ? PositionAnchor.RIGHT : PositionAnchor.LEFT)
            : Optional.empty());
  }

  private static Attention attention(TrainingSettings settings, int queryHeads) {
    Setting<Integer> groups = Setting.ofFile("num_kv_heads");
    OptionalInt keyValueHeads = integer(settings, groups, ModelSize.COUNTS);
    keyValueHeads.ifPresent(
        heads -> Attention.requireKeyValueHeads(settings.name(groups), queryHeads, heads));
    OptionalInt keySize = integer(settings, KEY_SIZE, Attention.KEY_SIZES);
    keySize.ifPresent(size -> Attention.requireKeySize(settings.name(KEY_SIZE), size));
    Setting<Double> multiplier = Setting.ofFile("attn_output_multiplier");
    double factor = settings.number(multiplier, Attention.MULTIPLIERS, 1);
    return new Attention(
        keyValueHeads,
        keySize,
        settings.has(multiplier) ? OptionalDouble.of(factor) : OptionalDouble.empty());
  }

  private static OptionalInt hashes(TrainingSettings settings, String key) {
    return integer(settings, Setting.ofFile(key), HashCounts.COUNTS);
  }

  private static OptionalInt integer(
      TrainingSettings settings, Setting<Integer> setting, NumberRange range) {
    int value = settings.integer(setting, range, 0);
    return settings.has(setting) ? OptionalInt.of(value) : OptionalInt.empty();
  }

  /** The size; {@code otherwise} is the number of candidates if neither option nor file has it. */
  ModelSize resolve(TrainingSettings settings, Setting<Integer> candidates, int otherwise) {
    settings.alias("num_q_heads", "num_heads");
    Setting<Integer> heads = new Setting<>("--heads", "num_heads", this.heads);
    int width =
        settings.integer(
            new Setting<>("--dimension", "emb_size", dimension), ModelSize.DIMENSIONS, 64);
    int attentionHeads = settings.integer(heads, ModelSize.COUNTS, 2);
    if (!settings.has(KEY_SIZE)) {
      ModelSize.requireHeads(settings.name(heads), width, attentionHeads);
    }
    return new ModelSize(
        width,
        settings.integer(new Setting<>("--layers", "num_layers", layers), ModelSize.COUNTS, 2),
        attentionHeads,
        settings.integer(
            new Setting<>("--history", "history_seq_len", history), ModelSize.LENGTHS, 50),
        settings.integer(candidates, ModelSize.LENGTHS, otherwise));
  }
}
