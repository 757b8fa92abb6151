package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ConfigWriter;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.RetrievalWeight;
import dev.phoenix.evaluation.RetrievedPosts;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The two towers that a ranker will be served beside: the ranker begins with their embedding rows,
 * and its feeds mix its outputs with their score.
 *
 * @param folder of the exported retrieval model
 * @param config of it
 */
record TrainedTowers(Path folder, ModelConfig config) {
  /** Those in the folder that a ranker is trained into; empty where there are none. */
  static Optional<TrainedTowers> beside(RunFolder ranker) {
    Path folder = ranker.root().resolve("retrieval");
    Path config = folder.resolve("config.json");
    return Files.isRegularFile(config)
        ? Optional.of(new TrainedTowers(folder, ModelConfig.read(config)))
        : Optional.empty();
  }

  /** Whether a ranker looks up the same rows of the same width. */
  boolean shareRows(ModelConfig ranker) {
    return config.embSize() == ranker.embSize()
        && config.vocabulary().equals(ranker.vocabulary())
        && config.hashes().equals(ranker.hashes());
  }

  /** A new ranker with the embedding rows of these towers. */
  RankerTrainer begin(GradientOps ops, TrainingConfig training, long seed) {
    try (EmbeddingTables tables =
        EmbeddingTables.open(folder.resolve("embedding_tables.npz"), config)) {
      return RankerTrainer.init(ops, training, seed, tables);
    }
  }

  /** Writes the weight of the retrieval score into the configuration of an exported ranker. */
  void weigh(Ops ops, Path ranker, LeaveOneOut split) {
    if (split.folds().isEmpty()) {
      return;
    }
    Path file = ranker.resolve("config.json");
    try (RetrievedPosts retrieved = RetrievedPosts.open(ops, folder, split.dataset().catalog())) {
      double weight = RetrievalWeight.choose(ops, ranker, split, retrieved);
      ConfigWriter.write(file, ModelConfig.read(file).withRetrievalWeight(weight));
    }
  }
}
