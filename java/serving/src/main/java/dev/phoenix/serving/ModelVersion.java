package dev.phoenix.serving;

import dev.phoenix.checkpoint.ModelManifest;
import dev.phoenix.corpus.Corpora;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.Ranker;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One loaded checkpoint. Whoever runs a batch on it holds a reference; the store holds one as long
 * as it is the current one; with the last one it is closed.
 */
final class ModelVersion {
  private final Closer parts;
  private final List<Lane> lanes = new ArrayList<>();
  private final AtomicInteger references = new AtomicInteger(1);
  private final ModelInfo info;
  private final SharedModel model;
  private final Corpora corpora;

  private ModelVersion(
      Closer parts, String number, Artifacts artifacts, Supplier<Ops> backend, Layout layout) {
    this.parts = parts;
    // A link to the folder of a version may be changed while its files are opened one by one.
    Artifacts resolved = ModelFiles.resolve(artifacts);
    ModelManifest.Check check = ModelFiles.check(resolved, layout.rules().stages());
    ModelFiles files =
        parts.own(ModelFiles.open(resolved, layout.corpora(), layout.rules().stages()));
    this.corpora = files.corpora();
    this.model = parts.own(SharedModel.load(files, backend, layout));
    for (int lane = 0; lane < layout.lanes(); lane++) {
      lanes.add(parts.own(Lane.open(model)));
    }
    check.end();
    this.info =
        new ModelInfo(
            number,
            artifacts.directory().toAbsolutePath().normalize().getFileName().toString(),
            files.written(),
            Instant.now(),
            model.ops().name(),
            model.ops().precision().label(),
            model.retrievalModel().config(),
            model.ranker().map(Ranker::config),
            corpora.get("").statistics().posts(),
            corpora.names());
  }

  /**
   * The settings of a version.
   *
   * @param lanes the number of batches that run at once
   * @param keptBytes the limit of kept histories, in bytes
   * @param rules the stages, and the end of a history that they read
   * @param metrics the listener
   * @param corpora the source of the corpora
   */
  record Layout(
      int lanes, long keptBytes, ServingRules rules, EngineMetrics metrics, CorpusSource corpora) {}

  /** Loads; nothing stays open if that fails. */
  static ModelVersion open(
      String number, Artifacts artifacts, Supplier<Ops> backend, Layout layout) {
    return Closer.open(parts -> new ModelVersion(parts, number, artifacts, backend, layout));
  }

  ModelInfo info() {
    return info;
  }

  /**
   * The request with as much of its history as one of the models reads: that alone need wait.
   *
   * @param latest the latest deadline that a request may have
   * @throws Rejection if it gives candidates to rank and there is no ranker
   */
  ServingRequest read(ServingRequest request, ServingRules rules, long latest) {
    if (request.task() instanceof Task.Rank && info.ranker().isEmpty()) {
      throw new Rejection(
          Rejection.Reason.INVALID,
          "this server runs without a ranker: expected a request for retrieval or for a feed, found"
              + " candidates to rank");
    }
    return request.read(request.user().cut(info.historyCut()), rules, latest);
  }

  /** What is retrieved from. */
  Corpora corpora() {
    return corpora;
  }

  Lane lane(int worker) {
    return lanes.get(worker);
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** The operations that weights were made with, and lanes were made from. */
  Ops ops() {
    return model.ops();
  }

  /** Whether histories are kept. */
  boolean keepsHistories() {
    return model.cache().keeps();
  }

  /** Forgets what is kept of histories; no batch runs. */
  void forgetHistories() {
    model.cache().close();
  }

  /** Takes a reference; false if the last one is gone already. */
  boolean acquire() {
    return references.updateAndGet(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /**
   * Gives a reference back; with the last one everything is closed.
   *
   * @param closer where that is done: a corpus may have to end a compaction first
   */
  void release(Executor closer) {
    if (references.decrementAndGet() == 0) {
      closer.execute(parts::close);
    }
  }
}
