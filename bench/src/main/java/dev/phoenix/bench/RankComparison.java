package dev.phoenix.bench;

import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Ranks a batch of requests, histories included; the peer is ONNX Runtime. */
final class RankComparison extends Comparison {
  /** The bound of docs/model.md#8-precision for a float32 backend. */
  static final double TOLERANCE = 2e-5;

  private final double target;
  private final RandomBatch batch;
  private final Ops ops;
  private final Ranker ranker;
  private final RankerOutput output;
  private final List<HistoryFeatures> histories;
  private final List<CandidateFeatures> candidates;
  private final List<OnnxRanker> sessions = new ArrayList<>();
  private final List<Peer> peers = new ArrayList<>();

  private RankComparison(String name, double target, RandomBatch.Size size, int threads) {
    super(name, size.requests(), "requests");
    this.target = target;
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    this.ranker = own(Ranker.load(ops, RepositoryFiles.published("ranker")));
    this.output = ranker.output();
    this.batch = RandomBatch.create(ranker.config(), size, 1);
    this.histories = batch.histories();
    this.candidates = batch.candidateLists();
    int slots = ranker.config().sequence().candidateSeqLen();
    int sequences = size.requests() * ((size.candidates() + slots - 1) / slots);
    for (boolean spinning : new boolean[] {true, false}) {
      addPeer(new OnnxRanker.Settings(threads, spinning, 1), sequences);
      if (sequences > 1) {
        addPeer(new OnnxRanker.Settings(threads, spinning, sequences), sequences);
      }
    }
  }

  /** One request of the model's size. */
  static RankComparison request(int threads) {
    return new RankComparison(
        "Rank 1 request, S 127, 64 candidates", 2, new RandomBatch.Size(1, 64), threads);
  }

  /** One request with more candidates than the peer's graph takes. */
  static RankComparison longRequest(int threads) {
    return new RankComparison(
        "Rank 1 request, S 127, 200 candidates", 4, new RandomBatch.Size(1, 200), threads);
  }

  /** Many requests of the model's size. */
  static RankComparison batch(int requests, int threads) {
    return new RankComparison(
        "Rank %d requests, S 127, 64 candidates each".formatted(requests),
        2,
        new RandomBatch.Size(requests, 64),
        threads);
  }

  private void addPeer(OnnxRanker.Settings settings, int sequences) {
    OnnxRanker session = own(OnnxRanker.create(ranker.config(), settings));
    session.bind(batch);
    sessions.add(session);
    int calls = sequences / settings.sequences();
    peers.add(
        new Peer(
            "ONNX Runtime %s, %d x batch %d, %s"
                .formatted(
                    OnnxRanker.version(),
                    calls,
                    settings.sequences(),
                    settings.spinning() ? "spinning" : "blocking"),
            session::run));
  }

  @Override
  String check() {
    phoenix();
    double worst = 0;
    for (int i = 0; i < sessions.size(); i++) {
      sessions.get(i).run();
      double difference = largestDifference(sessions.get(i));
      if (!(difference <= TOLERANCE)) {
        throw wrong(
            "probabilities differ by %.3g from %s, allowed %.3g"
                .formatted(difference, peers.get(i).name(), TOLERANCE));
      }
      worst = Math.max(worst, difference);
    }
    return "max |Δ probability| %.1e <= %.0e".formatted(worst, TOLERANCE);
  }

  /** NaN if any value is NaN. */
  private double largestDifference(OnnxRanker session) {
    double largest = 0;
    for (int request = 0; request < batch.requests(); request++) {
      for (int candidate = 0; candidate < batch.candidates(); candidate++) {
        for (int action = 0; action < output.actions(); action++) {
          float ours = output.probability(request, candidate, action);
          float theirs = session.probability(request, candidate, action);
          largest = Math.max(largest, Math.abs((double) ours - theirs));
        }
        for (int index = 0; index < output.continuousActions(); index++) {
          float ours = output.continuous(request, candidate, index);
          float theirs = session.continuous(request, candidate, index);
          largest = Math.max(largest, Math.abs((double) ours - theirs));
        }
      }
    }
    return largest;
  }

  @Override
  void phoenix() {
    ranker.rank(output, histories, candidates);
  }

  @Override
  List<Peer> peers() {
    return peers;
  }

  @Override
  OptionalDouble target() {
    return OptionalDouble.of(target);
  }
}
