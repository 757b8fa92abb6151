package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One loaded checkpoint. Whoever runs a batch on it holds a reference; the store holds one as long
 * as it is the current one; with the last one it is closed.
 */
final class ModelVersion {
  private final Parts parts = new Parts();
  private final List<Lane> lanes = new ArrayList<>();
  private final AtomicInteger references = new AtomicInteger(1);
  private final ModelInfo info;
  private final Corpora corpora;

  private ModelVersion(String number, Artifacts artifacts, Supplier<Ops> backend, Layout layout) {
    try {
      ModelFiles files = parts.own(ModelFiles.open(artifacts, layout.corpora()));
      this.corpora = files.corpora();
      for (int lane = 0; lane < layout.lanes(); lane++) {
        HistoryCache cache =
            new HistoryCache(layout.keptBytes() / layout.lanes(), layout.metrics().keptBytes());
        lanes.add(parts.own(Lane.open(backend.get(), files, cache)));
      }
      Lane first = lanes.getFirst();
      this.info =
          new ModelInfo(
              number,
              artifacts.directory().toAbsolutePath().normalize().getFileName().toString(),
              files.written(),
              Instant.now(),
              first.ops().name(),
              first.ops().precision().label(),
              first.retrievalModel().config(),
              first.ranker().config(),
              corpora.get("").statistics().posts());
    } catch (RuntimeException | Error failed) {
      parts.close();
      throw failed;
    }
  }

  /** What a version is made of: lanes, bytes of kept histories over all of them, and the rest. */
  record Layout(int lanes, long keptBytes, EngineMetrics metrics, CorpusSource corpora) {}

  /** Loads; nothing stays open if that fails. */
  static ModelVersion open(
      String number, Artifacts artifacts, Supplier<Ops> backend, Layout layout) {
    return new ModelVersion(number, artifacts, backend, layout);
  }

  ModelInfo info() {
    return info;
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

  /** Takes a reference; false if the last one is gone already. */
  boolean acquire() {
    return references.updateAndGet(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Gives a reference back; with the last one everything is closed. */
  void release() {
    if (references.decrementAndGet() == 0) {
      parts.close();
    }
  }
}
