package dev.phoenix.bench;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.nio.file.Path;

/** Encoding posts for a corpus; without a peer, so only a rate is reported. */
final class CorpusEncodingComparison extends Comparison {
  /** The bound of docs/model.md#8-precision for candidate vectors of a float32 backend. */
  private static final double TOLERANCE = 2e-5;

  private static final String TOWER =
      "phoenix_retrieval_model/~build_candidate_representation/candidate_tower/"
          + "candidate_tower_projection_";

  private static final int CHECKED = 32;

  private final Ops ops;
  private final RetrievalModel model;
  private final ModelParameters parameters;
  private final CandidateFeatures posts;
  private final float[] vectors;

  /** Where the rows of the posts come from. */
  enum Rows {
    /** Random rows that were looked up before. */
    IN_MEMORY("rows in memory"),
    /** Rows copied from the mapped tables of a checkpoint of the published size. */
    MAPPED("rows of the mapped tables");

    private final String text;

    Rows(String text) {
      this.text = text;
    }
  }

  CorpusEncodingComparison(Rows rows, int count, int threads) {
    super("Encode %,d posts, %s".formatted(count, rows.text), count, "posts");
    Path directory = RepositoryFiles.published("retrieval");
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    this.model = own(RetrievalModel.load(ops, directory));
    ModelConfig config = model.config();
    this.parameters =
        ModelParameters.open(
            directory.resolve("model_params.npz"), ParameterLayout.retrieval(config));
    if (rows == Rows.IN_MEMORY) {
      RandomBatch batch = RandomBatch.create(config, new RandomBatch.Size(1, count), 1);
      this.posts = batch.candidateLists().getFirst();
    } else {
      EmbeddingTables tables =
          own(EmbeddingTables.open(directory.resolve("embedding_tables.npz"), config));
      model.useTables(tables);
      this.posts = new TablePosts(tables, config, count);
    }
    this.vectors = new float[count * config.embSize()];
  }

  @Override
  String check() {
    phoenix();
    double worst = 0;
    int columns = model.config().embSize();
    for (int i = 0; i < CHECKED; i++) {
      int post = (int) ((long) i * posts.count() / CHECKED);
      double[] expected = plain(post);
      for (int d = 0; d < columns; d++) {
        worst = Math.max(worst, Math.abs(vectors[post * columns + d] - expected[d]));
      }
    }
    if (!(worst <= TOLERANCE)) {
      throw wrong("vectors off by %.3g".formatted(worst));
    }
    return "max |Δ vector| %.1e <= %.0e on %d posts".formatted(worst, TOLERANCE, CHECKED);
  }

  /** The candidate tower of docs/model.md#6-retrieval in plain loops, double precision. */
  private double[] plain(int post) {
    ModelConfig config = model.config();
    int columns = config.embSize();
    int in = config.hashCounts().post() * columns;
    float[] row = new float[in];
    posts.copyPost(post, row, 0);
    double[] input = new double[in];
    for (int i = 0; i < in; i++) {
      input[i] = row[i];
    }
    double[] hidden = product(input, parameters.get(TOWER + "1"));
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = ActivationReference.silu(hidden[i]);
    }
    double[] vector = product(hidden, parameters.get(TOWER + "2"));
    double square = 0;
    for (double value : vector) {
      square += value * value;
    }
    for (int d = 0; d < columns; d++) {
      vector[d] /= Math.sqrt(square);
    }
    return vector;
  }

  private static double[] product(double[] x, float[] w) {
    double[] out = new double[w.length / x.length];
    for (int k = 0; k < x.length; k++) {
      for (int column = 0; column < out.length; column++) {
        out[column] += x[k] * w[k * out.length + column];
      }
    }
    return out;
  }

  @Override
  void phoenix() {
    model.encodePosts(vectors, 0, posts);
  }
}
