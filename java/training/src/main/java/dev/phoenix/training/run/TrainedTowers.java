package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ConfigWriter;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.evaluation.RetrievalWeight;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.training.RankerTrainer;
import dev.phoenix.training.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A trained retrieval model in the folder of a ranker that is being trained. The ranker starts from
 * its embedding rows, and the weight of the retrieval score in feeds is chosen for this model.
 *
 * @param folder the folder of the exported retrieval model
 * @param config the configuration of the retrieval model
 */
record TrainedTowers(Path folder, ModelConfig config) {
  /** The retrieval model in the root folder of {@code ranker}; empty if there is none. */
  static Optional<TrainedTowers> beside(RunFolder ranker) {
    Path folder = ranker.root().resolve("retrieval");
    Path config = folder.resolve("config.json");
    return Files.isRegularFile(config)
        ? Optional.of(new TrainedTowers(folder, ModelConfig.read(config)))
        : Optional.empty();
  }

  /** Whether a ranker of configuration {@code ranker} has the same embedding rows. */
  boolean shareRows(ModelConfig ranker) {
    return config.embSize() == ranker.embSize()
        && config.vocabulary().equals(ranker.vocabulary())
        && config.hashing().constants().equals(ranker.hashing().constants());
  }

  /** Creates a trainer that starts from the embedding rows of the retrieval model. */
  RankerTrainer begin(GradientOps ops, TrainingConfig training, long seed) {
    try (EmbeddingTables tables =
        EmbeddingTables.open(folder.resolve("embedding_tables.npz"), config)) {
      return RankerTrainer.init(ops, training, seed, tables);
    }
  }

  /** Chooses {@code retrieval_weight} and writes it to the config.json of an exported ranker. */
  void weigh(Ops ops, Path ranker, LeaveOneOut split) {
    if (split.folds().isEmpty()) {
      return;
    }
    Path file = ranker.resolve("config.json");
    double weight = RetrievalWeight.choose(ops, ranker, folder, split);
    ConfigWriter.write(file, ModelConfig.read(file).withRetrievalWeight(weight));
  }
}
