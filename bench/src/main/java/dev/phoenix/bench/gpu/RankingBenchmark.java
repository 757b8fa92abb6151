package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.RelativeError;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Goal;
import dev.phoenix.bench.report.Timing;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.device.DeviceException;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.kernels.check.Work;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.gpu.GpuOps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times ranking of one configuration: whole requests, and histories and candidates alone. */
final class RankingBenchmark {
  /** The number of requests whose scores are compared with the CPU and with the peers. */
  private static final int CHECKED = 2;

  /**
   * The relative L2 error of logits that a bfloat16 forward pass may have against float32: each
   * layer rounds about nine times by half of 2^-8, and the errors add up as a random walk.
   */
  private static final double ROUNDINGS = 9;

  /** The number of calls for warm-up and timing. */
  private static final int RUNS = 12;

  /** Batch sizes for which histories and candidates are also timed separately. */
  private static final List<Integer> APART = List.of(1, 2, 32, 256);

  private static final double MILLISECONDS_OF_MANY = 0.3;
  private static final double TIMES_PEER_MINI = 5;
  private static final double TIMES_PEER_PRODUCTION = 1.3;

  /** The suffix of the files of the request with many candidates. */
  private static final String MANY = "_many";

  private final Session session;
  private final Part part;
  private final ModelSize size;
  private final ModelConfig config;
  private final HashedModel model;
  private final PartFigures notes;
  private double secondsPerRequest;

  /** The smallest batch that did not fit in device memory; 0 for none. */
  private int refused;

  /**
   * Creates a benchmark of one configuration.
   *
   * @param notes receives each figure as it is measured
   */
  RankingBenchmark(Session session, Part part, ModelSize size, PartFigures notes) {
    this.session = session;
    this.notes = notes;
    this.part = part;
    this.size = size;
    this.config = size.config();
    this.model = HashedModel.ranker(config);
  }

  /** The largest relative L2 error of logits. */
  static double tolerance(ModelConfig config) {
    return Math.sqrt(ROUNDINGS * config.transformer().numLayers()) * 0x1p-8;
  }

  void run(Budget budget) {
    ModelParameters parameters = model.load();
    Path folder = PeerCases.folder(session.peerFolder(), size.label());
    try (EmbeddingTables tables = PooledBatch.writeTables(config, folder);
        GpuOps ops =
            GpuOps.create(session.provider(), new UnownedDevice(session.device()), session.form());
        Ranker ranker = Ranker.create(ops, config, parameters)) {
      ranker.useTables(tables);
      int most = session.scale().batches().getLast();
      PooledBatch batch =
          PooledBatch.create(
              config, tables, new PooledBatch.Size(most, config.sequence().candidateSeqLen()));
      PooledBatch one =
          PooledBatch.create(config, tables, new PooledBatch.Size(1, size.manyCandidates()));
      PooledBatch single = PooledBatch.create(config, tables, new PooledBatch.Size(most, 1));
      String check = check(ranker, parameters, batch, "");
      String checkOfMany = check(ranker, parameters, one, MANY);
      manyCandidates(ranker, one, checkOfMany);
      PeerCases.writeRanking(folder, size, model, peerBatches());
      for (int requests : session.scale().batches()) {
        if (!fits(requests, budget)) {
          continue;
        }
        try {
          whole(ranker, batch, requests, check);
          if (APART.contains(requests)) {
            apart(ranker, batch, single, requests, check);
          }
        } catch (DeviceException e) {
          // Larger batches need more memory, and the failed one may have left memory allocated.
          notes.leaveOut(PeerCases.rankingName(config, requests) + ": " + e.getMessage());
          refused = requests;
        }
      }
    }
  }

  /** Whether a batch fits memory and budget; if not, notes the reason. */
  private boolean fits(int requests, Budget budget) {
    String name = PeerCases.rankingName(config, requests);
    // From the time of the last batch.
    Duration needed = Duration.ofMillis((long) (1e3 * RUNS * requests * secondsPerRequest));
    if (refused == 0 && budget.allows(needed)) {
      return true;
    }
    notes.leaveOut(
        refused > 0
            ? "%s: larger than %d, which the device refused".formatted(name, refused)
            : "%s: no time: about %.1f s needed, %.1f s left"
                .formatted(name, needed.toMillis() / 1e3, budget.left().toMillis() / 1e3));
    return false;
  }

  private List<PeerCases.Batch> peerBatches() {
    List<PeerCases.Batch> batches = new ArrayList<>();
    batches.add(new PeerCases.Batch(nameOfMany(), 1, size.manyCandidates(), MANY));
    for (int requests : session.scale().batches()) {
      String name = PeerCases.rankingName(config, requests);
      batches.add(new PeerCases.Batch(name, requests, config.sequence().candidateSeqLen(), ""));
    }
    return batches;
  }

  private String nameOfMany() {
    return "Rank 1 request, S %d, %d candidates"
        .formatted(config.sequence().historySeqLen(), size.manyCandidates());
  }

  /** Compares with the CPU, and writes the inputs and expected outputs of the peers. */
  private String check(Ranker ranker, ModelParameters parameters, PooledBatch batch, String files) {
    int requests = Math.min(CHECKED, batch.size().requests());
    List<HistoryFeatures> histories = batch.histories(requests);
    List<CandidateFeatures> candidates = batch.candidates(requests);
    RankerOutput found = ranker.output();
    ranker.rank(found, histories, candidates);
    float[] expected;
    try (CpuOps cpu = CpuOps.create(Precision.FLOAT32, Runtime.getRuntime().availableProcessors());
        Ranker exact = Ranker.create(cpu, config, parameters)) {
      RankerOutput output = exact.output();
      exact.rank(output, histories, candidates);
      expected = logits(output);
    }
    float[] ours = logits(found);
    double error = RelativeError.of(ours, expected);
    if (!(error <= tolerance(config))) {
      throw new CheckFailedException(
          "%s: logits are off by %.3g of float32's on the CPU, allowed %.3g"
              .formatted(size.label(), error, tolerance(config)));
    }
    Path folder = PeerCases.folder(session.peerFolder(), size.label());
    batch.write(folder.resolve("inputs" + files + ".npz"));
    try (NpzWriter writer = NpzWriter.create(folder.resolve("ours" + files + ".npz"))) {
      int c = batch.size().candidates();
      writer.write("logits", ours, requests, c, config.actions().numActions());
      writer.write("float32", expected, requests, c, config.actions().numActions());
      writer.commit();
    }
    return String.format(
        Locale.ROOT,
        "logits within %.1e (relative L2) of float32 on the CPU, allowed %.1e",
        error,
        tolerance(config));
  }

  /** Logits of actions: [requests, C, A]. */
  private static float[] logits(RankerOutput output) {
    int candidates = output.candidates(0);
    float[] values = new float[output.requests() * candidates * output.actions()];
    int at = 0;
    for (int request = 0; request < output.requests(); request++) {
      for (int candidate = 0; candidate < candidates; candidate++) {
        for (int action = 0; action < output.actions(); action++) {
          values[at++] = output.logit(request, candidate, action);
        }
      }
    }
    return values;
  }

  /** Times one user's candidates, as many as retrieval gives. */
  private void manyCandidates(Ranker ranker, PooledBatch one, String check) {
    int many = one.size().candidates();
    RankerOutput output = ranker.output();
    List<HistoryFeatures> histories = one.histories(1);
    List<CandidateFeatures> candidates = one.candidates(1);
    String name = nameOfMany();
    Figure figure =
        timed(name, () -> ranker.rank(output, histories, candidates), check)
            .withWork(work(1, many), session.ceilings())
            .withGoal(Goal.besidePeers(timesPeer()));
    if (part == Part.MINI) {
      double milliseconds = 1e3 * figure.seconds();
      figure = figure.withGoal(Goal.atMost(MILLISECONDS_OF_MANY, "ms", milliseconds));
    }
    notes.add(figure);
    try (EncodedHistories kept = ranker.histories()) {
      ranker.encode(kept, histories);
      notes.add(
          timed(
                  "Score %d candidates of 1 request, history kept".formatted(many),
                  () -> ranker.score(output, kept, candidates),
                  check)
              .withAmount(many, "candidates"));
    }
    notes.add(
        Figure.timed(
                name + ", from call to result",
                session.timer().host(() -> ranker.rank(output, histories, candidates)),
                check)
            .withAmount(1, "requests"));
  }

  private double timesPeer() {
    return part == Part.MINI ? TIMES_PEER_MINI : TIMES_PEER_PRODUCTION;
  }

  private void whole(Ranker ranker, PooledBatch batch, int requests, String check) {
    RankerOutput output = ranker.output();
    List<HistoryFeatures> histories = batch.histories(requests);
    List<CandidateFeatures> candidates = batch.candidates(requests);
    int c = config.sequence().candidateSeqLen();
    String name = PeerCases.rankingName(config, requests);
    Runnable call = () -> ranker.rank(output, histories, candidates);
    notes.add(
        timed(name, call, check)
            .withAmount(requests, "requests")
            .withWork(work(requests, c), session.ceilings())
            .withGoal(Goal.besidePeers(timesPeer())));
    Timing host = session.timer().host(call);
    secondsPerRequest = host.median() / requests;
    notes.add(
        Figure.timed(name + ", from call to result", host, check).withAmount(requests, "requests"));
  }

  /** Times histories and candidates of {@code all}; {@code one} has one candidate each. */
  private void apart(Ranker ranker, PooledBatch all, PooledBatch one, int requests, String check) {
    List<HistoryFeatures> histories = all.histories(requests);
    List<CandidateFeatures> candidates = all.candidates(requests);
    RankerOutput output = ranker.output();
    try (EncodedHistories kept = ranker.histories()) {
      ranker.encode(kept, histories);
      Figure score =
          timed(
              "Score %d x %d candidates, histories kept"
                  .formatted(requests, config.sequence().candidateSeqLen()),
              () -> ranker.score(output, kept, candidates),
              check);
      notes.add(
          score.withAmount((double) requests * config.sequence().candidateSeqLen(), "candidates"));
      // A history alone has no output to read, so it is timed with one candidate.
      List<CandidateFeatures> single = one.candidates(requests);
      Figure encode =
          timed(
              "Encode %d histories, and 1 candidate each".formatted(requests),
              () -> {
                ranker.encode(kept, histories);
                ranker.score(output, kept, single);
              },
              check);
      notes.add(encode.withAmount(requests, "histories"));
    }
  }

  /** The work of a batch; the weights are read once for any batch size. */
  private Work work(int requests, int candidates) {
    return Work.moving((long) size.weightBytes())
        .withTensorFlops((long) (requests * size.flops(candidates)));
  }

  /**
   * The device time of a call: its graphs without the copies of inputs, which peers also have on
   * the device. It includes the gathering of embedding rows; peers begin with gathered rows.
   */
  private Figure timed(String name, Runnable call, String check) {
    ComputeTime time = ComputeTime.of(session, call);
    return Figure.timed(name, time.whole(), check).withProducts(time.products());
  }
}
