package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.gpu.GpuOps;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Times the encoding of posts with the candidate tower. */
final class TowerBenchmark {
  private static final int CHECKED = 16;

  /**
   * The bound of docs/model.md#8-precision for candidate vectors: the tower is float32 everywhere.
   */
  private static final double TOLERANCE = 2e-5;

  private final Session session;
  private final PartFigures notes;

  TowerBenchmark(Session session, PartFigures notes) {
    this.session = session;
    this.notes = notes;
  }

  void run() {
    ModelConfig config = session.scale().mini().config();
    ModelParameters parameters = HashedModel.retrieval(config).load();
    int count = session.scale().posts();
    float[] vectors = new float[count * config.embSize()];
    Path folder = PeerCases.folder(session.peerFolder(), "tower");
    try (EmbeddingTables tables = PooledBatch.writeTables(config, folder);
        GpuOps ops =
            GpuOps.create(session.provider(), new UnownedDevice(session.device()), session.form());
        RetrievalModel model = RetrievalModel.create(ops, config, parameters)) {
      model.useTables(tables);
      CandidateFeatures posts =
          PooledBatch.create(config, tables, new PooledBatch.Size(1, count))
              .candidates(1)
              .getFirst();
      Runnable call = () -> model.encodePosts(vectors, 0, posts);
      call.run();
      String check = check(config, parameters, posts, vectors);
      String name = "Encode %,d posts, D %d".formatted(count, config.embSize());
      ComputeTime time = ComputeTime.of(session, call);
      notes.add(
          Figure.timed(name, time.whole(), check)
              .withProducts(time.products())
              .withAmount(count, "posts"));
      notes.add(
          Figure.timed(name + ", from call to result", session.timer().host(call), check)
              .withAmount(count, "posts"));
    }
  }

  private static String check(
      ModelConfig config, ModelParameters parameters, CandidateFeatures posts, float[] found) {
    int d = config.embSize();
    float[] expected = new float[Math.min(CHECKED, posts.count()) * d];
    try (CpuOps cpu = CpuOps.create(Precision.FLOAT32, 1);
        RetrievalModel exact = RetrievalModel.create(cpu, config, parameters)) {
      exact.encodePosts(expected, 0, new First(posts, expected.length / d));
    }
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
    }
    if (!(worst <= TOLERANCE) || Arrays.equals(expected, new float[expected.length])) {
      throw new CheckFailedException("candidate vectors are off by %.3g".formatted(worst));
    }
    return String.format(Locale.ROOT, "max |Δ vector| %.1e <= %.0e of the CPU's", worst, TOLERANCE);
  }

  /** The first posts of a list. */
  private record First(CandidateFeatures posts, int count) implements CandidateFeatures {
    @Override
    public boolean isPost(int i) {
      return posts.isPost(i);
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      posts.copyPost(i, to, at);
    }

    @Override
    public int surface(int i) {
      return posts.surface(i);
    }

    @Override
    public int ageBucket(int i) {
      return posts.ageBucket(i);
    }
  }
}
